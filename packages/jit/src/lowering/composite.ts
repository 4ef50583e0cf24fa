import { sizeOf } from '@im-bert/core/tensor';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import type { CompositeKernel } from '../kernels/composite-kernels.ts';
import type { Lowerings } from '../kernels/kernels.ts';
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
  const { matMul, mul, reshape, sub } = graph.ops;
  const width = x.shape[x.shape.length - 1] ?? 1;
  const rows = sizeOf(x.shape) / width;
  const [hat, inverse] = normalized(graph, x, epsilon);
  const weights = reshape(mul(gain, 1 / width), [width, 1]);
  const rowMean = (value: Value): Value => {
    const flat = reshape(value, [rows, width]);
    return reshape(matMul(flat, weights), inverse.shape);
  };
  const [mean, slope] = [rowMean(dy), rowMean(mul(dy, hat))]; // [.., 1]
  const centred = sub(mul(dy, gain), mean);
  const projected = sub(centred, mul(hat, slope));
  return mul(projected, inverse);
}

/**
 * dy·(Φ(x) + x·φ(x)) as (0.5·dy)·(1 + erf(u) + u·exp(log(2/√π) - u²)) with u = x/√2. Each line below is a pass over memory,
 * so the constants are where they cost none: 0.5 goes into the product that made dy, 2/√π into the exponent.
 */
function geluGrad(graph: GraphBuilder, x: Value, dy: Value): Value {
  const { add, erf, exp, mul, sub } = graph.ops;
  const u = mul(x, Math.SQRT1_2);
  const exponent = sub(Math.log(2 / Math.sqrt(Math.PI)), mul(u, u));
  const tail = mul(u, exp(exponent));
  const slope = add(add(erf(u), tail), 1);
  return mul(mul(dy, 0.5), slope);
}

/** Lowerings of our own kernels (kernels/composite-kernels.ts) to fused operators. */
export const compositeLowerings: Lowerings<CompositeKernel> = {
  ImGelu: (graph, { x }) => graph.ops.gelu(x),
  ImGeluGrad: (graph, { x, dy }) => geluGrad(graph, x, dy),
  ImLayerNorm: (graph, { x, gain, bias }, { epsilon }) =>
    graph.apply('LayerNormalization', [x, gain, bias], { axis: x.shape.length - 1, epsilon }),
  ImLayerNormGrad: (graph, { x, gain, dy }, { epsilon }) => layerNormGrad(graph, x, gain, dy, epsilon),
  ImLinear: (graph, { x, weight, bias }) => graph.apply('Gemm', [x, weight, bias], { transB: 1 }),
  ImNormalize: (graph, { x }, { epsilon }) => normalized(graph, x, epsilon)[0],
};
