import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { enableSecondOrderGradients, secondOrderGradients } from '../src/gradients/second-order.ts';
import {
  expectedFirst,
  expectedSecond,
  firstGradient,
  flatten,
  relativeError,
  secondGradient,
  toTensor,
} from './support/derivatives.ts';
import { encoderOps } from './support/encoder-ops.ts';

const stock = new Map(['Softmax', 'Exp', 'Tanh'].map((kernel) => [kernel, tf.getGradient(kernel)]));

function errorOf(order: 1 | 2, name: string): number {
  const { f, inputs } = encoderOps[name] ?? never(name);
  const gradient = order === 1 ? firstGradient : secondGradient;
  const actual = flatten(tf.tidy(() => gradient(f, inputs.map(toTensor))));
  return relativeError(actual, order === 1 ? expectedFirst(f, inputs) : expectedSecond(f, inputs));
}

function never(name: string): never {
  throw new Error(`no case ${name}`);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
  enableSecondOrderGradients();
});

describe.each(Object.keys(encoderOps))('%s', (name) => {
  test('has the gradient that finite differences have', () => {
    console.log(name, 1, errorOf(1, name));
  });
  test('has the second gradient that finite differences have', () => {
    console.log(name, 2, errorOf(2, name));
  });
});
