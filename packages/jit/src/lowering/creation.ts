import { sizeOf } from '@im-bert/core/tensor';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { cast } from './element-types.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import type { CreationKernel } from '../kernels/families.ts';

/** `value` everywhere; as a scalar that is broadcast, so that a large one takes no room in the file. */
export function full(graph: GraphBuilder, shape: readonly number[], value: Value): Value {
  return shape.length === 0 ? value : graph.ops.expand(value, shape);
}

/** start, start + step, .. as tfjs adds them up. */
function steps(start: number, step: number, length: number): number[] {
  const values: number[] = [];
  for (let index = 0, value = start; index < length; index += 1, value += step) values.push(value);
  return values;
}

function floats(graph: GraphBuilder, values: readonly number[]): Value {
  return graph.constant('float32', [values.length], Float32Array.from(values));
}

/** Lowerings of constants. */
export const creationLowerings: Lowerings<CreationKernel> = {
  Diag: (graph, { x }) => {
    const size = sizeOf(x.shape);
    const places = Int32Array.from({ length: size }, (_, index) => index);
    const row = graph.constant('int32', [1, size], places);
    const column = graph.constant('int32', [size, 1], places);
    const values = graph.ops.reshape(cast(graph, x, x.dtype === 'bool' ? 'int32' : x.dtype), [1, size]);
    const square = graph.ops.where(graph.ops.equal(row, column), values, 0);
    return cast(graph, graph.ops.reshape(square, [...x.shape, ...x.shape]), x.dtype);
  },
  Fill: (graph, _inputs, { shape, value, dtype }) => {
    if (typeof value !== 'number' || dtype === 'string' || dtype === 'complex64')
      throw new Error(`no fill of type ${dtype}`);
    return full(graph, shape, graph.scalar(value, dtype));
  },
  LinSpace: (graph, _inputs, { start, stop, num }) =>
    floats(graph, num === 1 ? [start] : steps(start, (stop - start) / (num - 1), num)),
  OnesLike: (graph, { x }) => full(graph, x.shape, graph.scalar(1, x.dtype)),
  Range: (graph, _inputs, { start, stop, step, dtype }) => {
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const values = steps(start, step, length);
    return dtype === 'int32'
      ? graph.constant('int32', [length], Int32Array.from(values))
      : floats(graph, values);
  },
  ZerosLike: (graph, { x }) => full(graph, x.shape, graph.scalar(0, x.dtype)),
};
