import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import { arithmeticLowerings } from './arithmetic.ts';
import { elementwiseLowerings } from './elementwise.ts';
import type { Kernels, Lowerings } from '../kernels/kernels.ts';
import type { MatrixKernel } from '../kernels/families.ts';

function swapped(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis));
  return graph.ops.transpose(x, perm);
}

/**
 * A product with either side transposed: Gemm for plain matrices, FusedMatMul for stacks of them. Integers, which
 * those do not take, are transposed first.
 */
function multiply(graph: GraphBuilder, a: Value, b: Value, transA: boolean, transB: boolean): Value {
  if (!transA && !transB) return graph.ops.matMul(a, b);
  const attributes = { transA: transA ? 1 : 0, transB: transB ? 1 : 0 };
  if (a.dtype !== 'float32')
    return graph.ops.matMul(transA ? swapped(graph, a) : a, transB ? swapped(graph, b) : b);
  const operator = a.shape.length === 2 && b.shape.length === 2 ? 'Gemm' : 'FusedMatMul';
  return graph.apply(operator, [a, b], attributes);
}

type FusedCall = Kernels['_FusedMatMul'];

function activate(
  graph: GraphBuilder,
  x: Value,
  { activation, leakyreluAlpha = 0 }: FusedCall['attributes'],
  alpha: Value | undefined,
): Value | readonly Value[] {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return elementwiseLowerings.Relu(graph, { x }, {});
    case 'relu6':
      return elementwiseLowerings.Relu6(graph, { x }, {});
    case 'elu':
      return elementwiseLowerings.Elu(graph, { x }, {});
    case 'sigmoid':
      return elementwiseLowerings.Sigmoid(graph, { x }, {});
    case 'leakyrelu':
      return elementwiseLowerings.LeakyRelu(graph, { x }, { alpha: leakyreluAlpha });
    case 'prelu':
      return alpha === undefined ? x : arithmeticLowerings.Prelu(graph, { x, alpha }, {});
  }
}

/** Lowerings of matrix products. */
export const matrixLowerings: Lowerings<MatrixKernel> = {
  BatchMatMul: (graph, { a, b }, { transposeA, transposeB }) => multiply(graph, a, b, transposeA, transposeB),
  Einsum: (graph, values, { equation }) =>
    graph.apply('Einsum', values, { equation: equation.replaceAll(/\s/g, '') }),
  _FusedMatMul: (graph, { a, b, bias, preluActivationWeights }, attributes) => {
    const product = multiply(graph, a, b, attributes.transposeA, attributes.transposeB);
    const sum = bias === undefined ? product : graph.ops.add(product, bias);
    return activate(graph, sum, attributes, preluActivationWeights);
  },
};
