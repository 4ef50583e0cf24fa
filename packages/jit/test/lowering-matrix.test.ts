import * as tf from '@tensorflow/tfjs-core';
import { matrixLowerings } from '../src/lowering/matrix.ts';
import { describeLowerings, floats, ints, type KernelCases } from './support/lowering.ts';

const flags = [false, true];

function product(
  a: number[],
  b: number[],
  transposeA = false,
  transposeB = false,
): KernelCases['cases'][number] {
  return {
    name: `[${a.join(', ')}]${transposeA ? 'ᵀ' : ''} by [${b.join(', ')}]${transposeB ? 'ᵀ' : ''}`,
    inputs: [floats(...a), floats(...b)],
    run: (...[x, y]) => tf.matMul(x as tf.Tensor, y as tf.Tensor, transposeA, transposeB),
  };
}

/** Both ways round for each side, on matrices with these leading axes. */
function transposes(lead: readonly number[], other: readonly number[] = lead): KernelCases['cases'] {
  return flags.flatMap((ta) =>
    flags.map((tb) =>
      product([...lead, ...(ta ? [3, 2] : [2, 3])], [...other, ...(tb ? [4, 3] : [3, 4])], ta, tb),
    ),
  );
}

function sum(equation: string, ...shapes: number[][]): KernelCases['cases'][number] {
  return {
    name: equation,
    inputs: shapes.map((shape) => floats(...shape)),
    run: (...operands) => tf.einsum(equation, ...operands),
  };
}

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

describeLowerings(matrixLowerings, {
  BatchMatMul: {
    cases: [
      ...transposes([]),
      ...transposes([2]),
      ...transposes([2, 3]),
      {
        ...product([2, 1, 2, 3], [1, 3, 3, 4]),
        // The cpu backend gets the shape wrong when both sides are broadcast.
        reference: (...[a, b]) =>
          tf.matMul(tf.tile(a as tf.Tensor, [1, 3, 1, 1]), tf.tile(b as tf.Tensor, [2, 1, 1, 1])),
      },
      ...transposes([], [2]),
      product([0, 3], [3, 2]),
      product([2, 0], [0, 2]),
      {
        name: 'integers',
        inputs: [ints(2, 3), ints(2, 3)],
        run: (...[a, b]) => tf.matMul(a as tf.Tensor, b as tf.Tensor, false, true),
      },
    ],
    ulps: 4,
    absolute: 1e-5,
  },
  Einsum: {
    cases: [
      sum('ij,jk->ik', [2, 3], [3, 4]),
      sum('bqhd, bkhd -> bhqk', [2, 3, 2, 4], [2, 2, 2, 4]),
      {
        ...sum('ij,k->ik', [2, 3], [4]),
        // the cpu backend sums the wrong axis when a letter of one operand alone is summed away
        reference: (...[a, b]) => tf.mul(tf.sum(a as tf.Tensor, 1, true), tf.reshape(b as tf.Tensor, [1, 4])),
      },
      sum('i,i->', [3], [3]),
      sum('ijk->ki', [2, 3, 4]),
    ],
    ulps: 4,
    absolute: 1e-5,
  },
  _FusedMatMul: {
    cases: activations.flatMap((activation) =>
      flags.map((transposeB) => ({
        name: `${activation}${transposeB ? ', transposed' : ''}`,
        inputs: [floats(2, 3), transposeB ? floats(4, 3) : floats(3, 4), floats(4)],
        run: (...[a, b, bias]: tf.Tensor[]) =>
          tf.fused.matMul({
            a: a as tf.Tensor,
            b: b as tf.Tensor,
            bias: bias as tf.Tensor,
            transposeB,
            activation,
          }),
      })),
    ),
    ulps: 4,
    absolute: 1e-5,
    signedZeros: false,
  },
});
