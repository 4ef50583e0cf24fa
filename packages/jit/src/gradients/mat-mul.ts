import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from './broadcast.ts';
import { binary } from './rule.ts';

/** With y = op(a)·op(b): d op(a) = dy·op(b)ᵀ, transposed again if a was; batch axes that were broadcast are summed. */
export const matMulGradient: tf.GradConfig = binary(
  'BatchMatMul',
  (dy, a, b, { transposeA, transposeB }) => {
    const [ta, tb] = [transposeA as boolean, transposeB as boolean];
    return unbroadcast(ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb), a.shape);
  },
  (dy, a, b, { transposeA, transposeB }) => {
    const [ta, tb] = [transposeA as boolean, transposeB as boolean];
    return unbroadcast(tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false), b.shape);
  },
);
