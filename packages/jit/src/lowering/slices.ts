import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';

/** Positions begin, begin + step, .. before end of one axis; end -1 with a negative step means past the first. */
export interface AxisRange {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

/** The part of x that one range per axis gives. */
export function sliceRange(graph: GraphBuilder, x: Value, range: readonly AxisRange[]): Value {
  if (range.length === 0) return x;
  // ONNX reads a negative end from the axis' end, so "before position 0" is -size - 1
  const ends = range.map(({ end, step }, axis) => (step < 0 && end < 0 ? -(x.shape[axis] ?? 0) - 1 : end));
  return graph.apply('Slice', [
    x,
    graph.integers(range.map(({ begin }) => begin)),
    graph.integers(ends),
    graph.integers(range.map((_, axis) => axis)),
    graph.integers(range.map(({ step }) => step)),
  ]);
}

/** The part [begin, end) of one axis. */
export function sliceAxis(graph: GraphBuilder, x: Value, axis: number, begin: number, end: number): Value {
  return sliceRange(
    graph,
    x,
    x.shape.map((size, each) => ({ ...(each === axis ? { begin, end } : { begin: 0, end: size }), step: 1 })),
  );
}

/** tfjs's begin and size of a slice, either of which may be short or one number, as a range per axis; size -1 is the rest. */
export function ranges(
  shape: readonly number[],
  begin: number | readonly number[],
  size: number | readonly number[],
): readonly AxisRange[] {
  const begins = typeof begin === 'number' ? [begin] : begin;
  const sizes = typeof size === 'number' ? [size] : size;
  return shape.map((full, axis) => {
    const first = begins[axis] ?? 0;
    const length = sizes[axis] ?? -1;
    return { begin: first, end: length < 0 ? full : first + length, step: 1 };
  });
}
