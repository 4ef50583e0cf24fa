import { sizeOf } from '@im-bert/core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import type { CompositeKernel } from '../ops/composite-kernels.ts';
import type { Lowerings } from './kernels.ts';
import { full } from './creation.ts';

/** x̂ and 1 / deviation of each row, [.., 1]. Equal calls are one node after simplification, so each may ask anew. */
function normalized(graph: GraphBuilder, x: Value, epsilon: number): readonly [Value, Value] {
  const rank = x.shape.length;
  const ones = full(graph, x.shape.slice(-1), graph.scalar(1));
  const [value = x, , inverse = x] = graph.applyAll('LayerNormalization', [x, ones], {
    axis: rank - 1,
    epsilon,
  });
  return [value, inverse];
}

/**
 * rstd·(g - mean(g) - x̂·mean(g·x̂)) with g = dy·gain. Both means are products with gain / D, so that g·x̂ is never
 * formed: dy·x̂, which the gradient by the gain needs too, takes its place.
 */
function layerNormGrad(graph: GraphBuilder, x: Value, gain: Value, dy: Value, epsilon: number): Value {
  const width = x.shape[x.shape.length - 1] ?? 1;
  const rows = sizeOf(x.shape) / width;
  const [hat, inverse] = normalized(graph, x, epsilon);
  const weights = graph.apply('Reshape', [
    graph.apply('Mul', [gain, graph.scalar(1 / width)]),
    graph.integers([width, 1]),
  ]);
  const rowMean = (value: Value): Value => {
    const flat = graph.apply('Reshape', [value, graph.integers([rows, width])]);
    return graph.apply('Reshape', [graph.apply('MatMul', [flat, weights]), graph.integers(inverse.shape)]);
  };
  const [mean, slope] = [rowMean(dy), rowMean(graph.apply('Mul', [dy, hat]))]; // [.., 1]
  const centred = graph.apply('Sub', [graph.apply('Mul', [dy, gain]), mean]);
  const projected = graph.apply('Sub', [centred, graph.apply('Mul', [hat, slope])]);
  return graph.apply('Mul', [projected, inverse]);
}

/**
 * dy·(Φ(x) + x·φ(x)) as (0.5·dy)·(1 + erf(u) + u·exp(log(2/√π) - u²)) with u = x/√2. Each line below is a pass over memory,
 * so the constants are where they cost none: 0.5 goes into the product that made dy, 2/√π into the exponent.
 */
function geluGrad(graph: GraphBuilder, x: Value, dy: Value): Value {
  const u = graph.apply('Mul', [x, graph.scalar(Math.SQRT1_2)]);
  const exponent = graph.apply('Sub', [
    graph.scalar(Math.log(2 / Math.sqrt(Math.PI))),
    graph.apply('Mul', [u, u]),
  ]);
  const tail = graph.apply('Mul', [u, graph.apply('Exp', [exponent])]);
  const slope = graph.apply('Add', [graph.apply('Add', [graph.apply('Erf', [u]), tail]), graph.scalar(1)]);
  return graph.apply('Mul', [graph.apply('Mul', [dy, graph.scalar(0.5)]), slope]);
}

/** Lowerings of our own kernels (ops/composite-kernels.ts) to fused operators. */
export const compositeLowerings: Lowerings<CompositeKernel> = {
  ImGelu: (graph, { x }) => graph.apply('Gelu', [x]),
  ImGeluGrad: (graph, { x, dy }) => geluGrad(graph, x, dy),
  ImLayerNorm: (graph, { x, gain, bias }, { epsilon }) =>
    graph.apply('LayerNormalization', [x, gain, bias], { axis: x.shape.length - 1, epsilon }),
  ImLayerNormGrad: (graph, { x, gain, dy }, { epsilon }) => layerNormGrad(graph, x, gain, dy, epsilon),
  ImLinear: (graph, { x, weight, bias }) => graph.apply('Gemm', [x, weight, bias], { transB: 1 }),
  ImNormalize: (graph, { x }, { epsilon }) => normalized(graph, x, epsilon)[0],
};
