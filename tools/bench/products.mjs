// A process that multiplies matrices in ONNX Runtime and does nothing else: the rate that a training step is held
// against. One line, one round of a feed-forward block's two products.
import { createInterface } from 'node:readline';
import { floatTensor } from '@im-bert/core';
import { createEngine } from '@im-bert/jit/node';
import * as tf from '@tensorflow/tfjs-core';

const { threads, sizes } = JSON.parse(process.argv[2]);
const { width, feedForwardWidth } = sizes;
const rows = 512;
const filled = (...shape) => floatTensor(new Float32Array(shape[0] * shape[1]).fill(0.01), shape);
const engine = await createEngine('onnx', { threads });
const multiply = engine.compile((state, up, down) => {
  let hidden = state;
  for (let round = 0; round < 8; round++) hidden = tf.matMul(tf.matMul(hidden, up), down);
  return hidden;
});
const arguments_ = [filled(rows, width), filled(width, feedForwardWidth), filled(feedForwardWidth, width)];
const operations = 8 * 2 * 2 * rows * width * feedForwardWidth;

for await (const _line of createInterface(process.stdin)) {
  const start = performance.now();
  const rounds = 5;
  for (let round = 0; round < rounds; round++) await multiply(...arguments_);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, rate: (rounds * operations) / seconds / 1e9 }));
}
await engine.dispose();
