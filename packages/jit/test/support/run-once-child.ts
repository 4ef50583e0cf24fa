/** A process that compiles and runs one function and ends. */
import { floatTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { jit } from '../../src/node.ts';

const double = jit((x: tf.Tensor) => tf.add(x, x));
const { data } = await double.run([floatTensor(Float32Array.of(21), [])]);
console.log(data[0]);
