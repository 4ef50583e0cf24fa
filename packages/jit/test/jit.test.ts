import { floatTensor } from '@im-bert/core';
import { jit } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';

const vector = (...values: number[]) => floatTensor(Float32Array.from(values), [values.length]);

test('a compiled function computes what the plain one does', async () => {
  const compiled = jit((x: tf.Tensor) => tf.mul(x, 2), { threads: 1 });
  const { data } = await compiled(vector(1, 2, 3));
  expect([...data]).toEqual([2, 4, 6]);
  await compiled.dispose();
});
