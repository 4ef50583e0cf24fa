import * as tf from '@tensorflow/tfjs-core';
import type { FloatTensor } from '@im-bert/core';
import { embeddingLookup } from '../../src/ops/embedding-lookup.ts';
import { gelu } from '../../src/ops/gelu.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import { linear } from '../../src/ops/linear.ts';
import { logSoftmax, softmax } from '../../src/ops/softmax.ts';
import { stopGradient } from '../../src/ops/stop-gradient.ts';
import { type Differentiable, normals } from './derivatives.ts';

/** A function to differentiate, at a point where it is smooth within the differences' step. */
export interface DerivativeCase {
  readonly f: Differentiable;
  readonly inputs: readonly FloatTensor[];
}

const x = (...shape: number[]): FloatTensor => normals(`x ${shape.join()}`, shape);
const other = (...shape: number[]): FloatTensor => normals(`other ${shape.join()}`, shape);
const positive = (...shape: number[]): FloatTensor => {
  const values = normals(`positive ${shape.join()}`, shape);
  return { ...values, data: values.data.map((value) => 1 + Math.abs(value)) };
};
/** Distinct values at least 0.3 apart, so that no kink lies within the step. */
const apart = (...shape: number[]): FloatTensor => {
  const values = normals(`apart ${shape.join()}`, shape);
  const order = [...values.data].sort((a, b) => a - b);
  return {
    ...values,
    data: values.data.map((value) => 0.35 * (order.indexOf(value) - order.length / 2) + 0.15),
  };
};

const tensor = ({ data, shape }: FloatTensor): tf.Tensor => tf.tensor(data, [...shape]);
const ids = (): tf.Tensor => tf.tensor([2, 0, 2, 2, 1], [5], 'int32');
const dropoutMask = (): tf.Tensor => tf.tensor([0, 2, 2, 0, 2, 2], [2, 3]);
const padding = (): tf.Tensor => tf.tensor([0, 0, -10000], [1, 1, 1, 3]);

const width = 4; // D, two heads of 2
const splitHeads = (hidden: tf.Tensor): tf.Tensor =>
  tf.transpose(tf.reshape(hidden, [1, 3, 2, 2]), [0, 2, 1, 3]);

/** Multi-head attention of 3 tokens, the last of them padding. */
const attention: Differentiable = (q, k, v) => {
  const [query, key, value] = [
    splitHeads(q as tf.Tensor),
    splitHeads(k as tf.Tensor),
    splitHeads(v as tf.Tensor),
  ];
  const scores = tf.add(tf.mul(tf.matMul(query, key, false, true), Math.SQRT1_2), padding());
  const context = tf.matMul(softmax(scores), value);
  return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [3, width]);
};

/** A whole post-norm encoder layer, phi of the paper. */
const encoderLayer: Differentiable = (hidden, wq, wo, w1, w2, bias) => {
  const [h, b] = [hidden as tf.Tensor, bias as tf.Tensor];
  const [gain, zero] = [tf.add(b, 1), tf.zeros([width])];
  const project = (y: tf.Tensor, w: tf.Tensor | undefined): tf.Tensor => linear(y, w as tf.Tensor, b);
  const context = attention(project(h, wq), project(h, wo), project(h, w1));
  const attended = layerNorm(tf.add(h, project(context, wo)), gain, b, 1e-12);
  const inner = gelu(linear(attended, tf.concat([w1 as tf.Tensor, w2 as tf.Tensor]), tf.concat([b, zero])));
  return layerNorm(
    tf.add(attended, linear(inner, tf.concat([wq as tf.Tensor, w2 as tf.Tensor], 1), b)),
    gain,
    b,
    1e-12,
  );
};

const unary = (f: (input: tf.Tensor) => tf.Tensor, input: FloatTensor): DerivativeCase => ({
  f: (t) => f(t as tf.Tensor),
  inputs: [input],
});
const binary = (
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  a: FloatTensor,
  b: FloatTensor,
): DerivativeCase => ({ f: (s, t) => f(s as tf.Tensor, t as tf.Tensor), inputs: [a, b] });

/** Every op that an encoder layer, its losses or its solvers may reach. */
export const encoderOps: Readonly<Record<string, DerivativeCase>> = {
  'encoder layer': {
    f: encoderLayer,
    inputs: [
      x(3, 4),
      ...['q', 'o', '1', '2'].map((name) => normals(name, [4, 4], 0.4)),
      normals('b', [4], 0.2),
    ],
  },
  attention: { f: attention, inputs: [x(3, 4), other(3, 4), normals('v', [3, 4])] },
  softmax: unary(softmax, x(2, 3)),
  logSoftmax: unary(logSoftmax, x(2, 3)),
  gelu: unary(gelu, x(2, 5)),
  layerNorm: {
    f: (t, gain, bias) => layerNorm(t as tf.Tensor, gain as tf.Tensor, bias as tf.Tensor, 1e-5),
    inputs: [x(2, 2, 4), positive(4), other(4)],
  },
  linear: {
    f: (t, weight, bias) => linear(t as tf.Tensor, weight as tf.Tensor, bias as tf.Tensor),
    inputs: [x(2, 3), other(4, 3), x(4)],
  },
  'embedding lookup': unary((table) => tf.square(embeddingLookup(table, ids())), x(3, 2)),
  'stop gradient beside a path': unary((t) => tf.mul(t, stopGradient(tf.ones([2, 3]))), x(2, 3)),
  'matMul in batches': binary((a, b) => tf.matMul(a, b, true, false), x(2, 3, 2), other(2, 3, 2)),
  transpose: unary((t) => tf.square(tf.transpose(t, [2, 0, 1])), x(2, 1, 3)),
  slice: unary((t) => tf.square(tf.slice(t, [0, 1], [2, 2])), x(2, 3)),
  reshape: unary((t) => tf.square(tf.reshape(t, [3, 2])), x(2, 3)),
  concat: binary((a, b) => tf.square(tf.concat([a, b], 1)), x(2, 1), other(2, 2)),
  pad: unary(
    (t) =>
      tf.square(
        tf.pad(t, [
          [1, 0],
          [0, 2],
        ]),
      ),
    x(2, 2),
  ),
  tile: unary((t) => tf.square(tf.tile(t, [2, 2])), x(1, 3)),
  'broadcast add': binary((a, b) => tf.square(tf.add(a, b)), x(2, 1, 3), other(2, 1)),
  'dropout-mask multiply': unary((t) => tf.square(tf.mul(t, dropoutMask())), x(2, 3)),
  'division by a row': binary((a, b) => tf.div(a, b), x(2, 3), positive(3)),
  mean: unary((t) => tf.square(tf.mean(t, -1)), x(2, 3)),
  sum: unary((t) => tf.square(tf.sum(t, [0, 2])), x(2, 2, 2)),
  max: unary((t) => tf.square(tf.max(t, -1)), apart(2, 3)),
  min: unary((t) => tf.square(tf.min(t, 0, true)), apart(2, 3)),
  logSumExp: unary((t) => tf.logSumExp(t, -1), apart(2, 3)),
  maximum: binary((a, b) => tf.square(tf.maximum(a, b)), apart(2, 3), normals('tiny', [2, 3], 0.01)),
  minimum: binary((a, b) => tf.square(tf.minimum(a, b)), apart(2, 3), normals('tiny', [2, 3], 0.01)),
  clipByValue: unary((t) => tf.square(tf.clipByValue(t, -0.37, 0.67)), apart(2, 3)),
  where: unary((t) => tf.where(tf.greater(tensor(x(2, 3)), 0), tf.square(t), tf.exp(t)), x(2, 3)),
  exp: unary(tf.exp, x(2, 3)),
  log: unary(tf.log, positive(2, 3)),
  sqrt: unary(tf.sqrt, positive(2, 3)),
  rsqrt: unary(tf.rsqrt, positive(2, 3)),
  square: unary(tf.square, x(2, 3)),
  squaredDifference: binary(tf.squaredDifference, x(2, 3), other(3)),
  tanh: unary(tf.tanh, x(2, 3)),
  sigmoid: unary(tf.sigmoid, x(2, 3)),
  elu: unary((t) => tf.elu(t), apart(2, 3)),
  relu: unary((t) => tf.square(tf.relu(t)), apart(2, 3)),
  softplus: unary(tf.softplus, x(2, 3)),
  erf: unary(tf.erf, x(2, 3)),
  abs: unary((t) => tf.square(tf.abs(t)), apart(2, 3)),
  'pow with a variable exponent': binary((a, b) => tf.pow(a, b), positive(2, 2), x(2, 2)),
  'softmax cross-entropy': unary((t) => tf.sum(tf.mul(logSoftmax(t), dropoutMask()), -1), x(2, 3)),
  'sigmoid cross-entropy': unary(
    (t) => tf.losses.sigmoidCrossEntropy(tf.greater(tensor(other(2, 3)), 0), t),
    apart(2, 3),
  ),
};
