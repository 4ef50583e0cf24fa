import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { axesOf, axisOf } from '../kernels/axes.ts';
import { cast, inNumbers } from './element-types.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import { sliceAxis } from './slices.ts';
import type { ReductionKernel } from '../kernels/families.ts';

interface Reduced {
  readonly axis: number | readonly number[] | null | undefined;
  readonly keepDims: boolean | undefined;
}

/** Applies a Reduce operator; no axes (a scalar, say) means that each element is its own result. */
function reduce(graph: GraphBuilder, operator: OperatorName, x: Value, { axis, keepDims }: Reduced): Value {
  const axes = axesOf(axis, x.shape.length);
  if (axes.length === 0) return x;
  return graph.apply(operator, [x, graph.integers(axes)], { keepdims: keepDims === true ? 1 : 0 });
}

/** A reduction whose type is that of x, bools counted as integers. */
function counting(operator: OperatorName) {
  return (graph: GraphBuilder, { x }: { readonly x: Value }, attributes: Reduced): Value =>
    reduce(graph, operator, x.dtype === 'bool' ? cast(graph, x, 'int32') : x, attributes);
}

/** The greatest or least element; NaN if there is one, which ONNX Runtime's reductions would drop. */
function extremum(
  graph: GraphBuilder,
  operator: 'ReduceMax' | 'ReduceMin',
  x: Value,
  attributes: Reduced,
): Value {
  const reduced = inNumbers(graph, [x], ([value = x]) => reduce(graph, operator, value, attributes));
  if (x.dtype !== 'float32' || reduced === x) return reduced;
  const isNan = cast(graph, graph.ops.isNaN(x), 'int32');
  const anyNan = cast(graph, reduce(graph, 'ReduceMax', isNan, attributes), 'bool');
  return graph.ops.where(anyNan, NaN, reduced);
}

/** A reduction of truth values: the least or greatest of 0 and 1. */
function logical(operator: 'ReduceMin' | 'ReduceMax') {
  return (graph: GraphBuilder, { x }: { readonly x: Value }, attributes: Reduced): Value => {
    const numbers = cast(graph, cast(graph, x, 'bool'), 'int32');
    return cast(graph, reduce(graph, operator, numbers, attributes), 'bool');
  };
}

function position(operator: 'ArgMax' | 'ArgMin') {
  return (graph: GraphBuilder, { x }: { readonly x: Value }, { axis }: { readonly axis: number }): Value => {
    const numbers = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    const [first = 0] = axesOf(axis, x.shape.length);
    return cast(graph, graph.apply(operator, [numbers], { axis: first, keepdims: 0 }), 'int32');
  };
}

interface Scan {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** x moved by `distance` along the axis, later for positive; ones enter. */
function shifted(graph: GraphBuilder, x: Value, axis: number, distance: number): Value {
  const size = x.shape[axis] ?? 0;
  const kept =
    distance > 0 ? sliceAxis(graph, x, axis, 0, size - distance) : sliceAxis(graph, x, axis, -distance, size);
  const before = x.shape.map((_, index) => (index === axis ? Math.max(distance, 0) : 0));
  const after = x.shape.map((_, index) => (index === axis ? Math.max(-distance, 0) : 0));
  return graph.apply('Pad', [kept, graph.integers([...before, ...after]), graph.scalar(1, x.dtype)]);
}

/** Running products in log2(n) steps, each multiplying by a copy shifted twice as far (Hillis & Steele 1986). */
function runningProduct(graph: GraphBuilder, x: Value, { axis, exclusive, reverse }: Scan): Value {
  const place = axisOf(axis, x.shape.length);
  const size = x.shape[place] ?? 0;
  const direction = reverse ? -1 : 1;
  let product = exclusive && size > 0 ? shifted(graph, x, place, direction) : x;
  for (let distance = 1; distance < size; distance *= 2)
    product = graph.ops.mul(product, shifted(graph, product, place, direction * distance));
  return product;
}

/** Lowerings of reductions, scans and normalisations. */
export const reductionLowerings: Lowerings<ReductionKernel> = {
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumprod: (graph, { x }, attributes) =>
    inNumbers(graph, [x], ([value = x]) => runningProduct(graph, value, attributes)),
  Cumsum: (graph, { x }, { axis, exclusive, reverse }) => {
    const numbers = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    const place = graph.scalar(axisOf(axis, x.shape.length), 'int64');
    return graph.apply('CumSum', [numbers, place], {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    });
  },
  LogSoftmax: (graph, { logits }, { axis }) =>
    graph.apply('LogSoftmax', [cast(graph, logits, 'float32')], { axis: axisOf(axis, logits.shape.length) }),
  Max: (graph, { x }, { reductionIndices, keepDims }) =>
    extremum(graph, 'ReduceMax', x, { axis: reductionIndices, keepDims }),
  Mean: (graph, { x }, attributes) => reduce(graph, 'ReduceMean', cast(graph, x, 'float32'), attributes),
  Min: (graph, { x }, attributes) => extremum(graph, 'ReduceMin', x, attributes),
  Prod: counting('ReduceProd'),
  Softmax: (graph, { logits }, { dim }) =>
    graph.apply('Softmax', [cast(graph, logits, 'float32')], { axis: axisOf(dim, logits.shape.length) }),
  Sum: counting('ReduceSum'),
  TopK: (graph, { x }, { k }) => {
    const axis = x.shape.length - 1;
    const [values = x, indices = x] = graph.applyAll(
      'TopK',
      [cast(graph, x, x.dtype === 'bool' ? 'int32' : x.dtype), graph.integers([k])],
      { axis, largest: 1, sorted: 1 },
    );
    return [cast(graph, values, x.dtype), cast(graph, indices, 'int32')];
  },
};
