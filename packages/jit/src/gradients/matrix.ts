import * as tf from '@tensorflow/tfjs-core';
import type { MatrixKernel } from '../kernels/families.ts';
import { unbroadcast } from './broadcast.ts';
import { einsumGradient } from './einsum.ts';
import { binary, type Gradients } from './rule.ts';

/** Kernels that multiply matrices. */
export const matrixGradients: Gradients<MatrixKernel> = {
  /** With y = op(a)·op(b): d op(a) = dy·op(b)ᵀ, transposed again if a was; batch axes that were broadcast are summed. */
  BatchMatMul: binary(
    (dy, a, b, { transposeA: ta, transposeB: tb }) =>
      unbroadcast(ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb), a.shape),
    (dy, a, b, { transposeA: ta, transposeB: tb }) =>
      unbroadcast(tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false), b.shape),
  ),
  Einsum: einsumGradient,
  _FusedMatMul: { none: 'tf.fused.matMul, which alone calls it, brings a gradient of its own' },
};
