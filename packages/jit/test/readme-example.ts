import { floatTensor } from '@im-bert/core';
import { gelu } from '@im-bert/jit';
import { jit } from '@im-bert/jit/node';
import * as tf from '@tensorflow/tfjs-core';

/** One step of gradient descent on the mean of (gelu(x·w) - y)², compiled. */
const step = jit(
  ({ w }: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor, learningRate: tf.Tensor) => {
    const loss = (weights: tf.Tensor): tf.Tensor =>
      tf.mean(tf.squaredDifference(gelu(tf.matMul(x, weights)), y));
    const { value, grad } = tf.valueAndGrad(loss)(w);
    return { loss: value, w: tf.sub(w, tf.mul(grad, learningRate)) };
  },
  { name: 'step' },
);

/** Losses of five steps; the weights stay in one buffer. */
export async function losses(): Promise<string> {
  const x = floatTensor(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]);
  const y = floatTensor(Float32Array.of(1, -0.1, 1), [3, 1]);
  const rate = floatTensor(Float32Array.of(0.5), []); // a number would be a constant of the program
  let w = floatTensor(new Float32Array(2), [2, 1]);
  let spare = floatTensor(new Float32Array(2), [2, 1]);
  const printed: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const { loss } = await step.run([{ w }, x, y, rate], { into: { w: spare } });
    printed.push((loss.data[0] ?? NaN).toFixed(3));
    [w, spare] = [spare, w]; // never read and write one buffer in one run
  }
  await step.dispose();
  return printed.join(' ');
  // 0.670 0.368 0.100 0.046 0.026
}
