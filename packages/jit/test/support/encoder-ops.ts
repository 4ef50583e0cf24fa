import * as tf from '@tensorflow/tfjs-core';
import type { FloatTensor } from '@im-bert/core';
import { embeddingLookup } from '../../src/ops/embedding-lookup.ts';
import { gelu } from '../../src/ops/gelu.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import { linear } from '../../src/ops/linear.ts';
import { logSoftmax, softmax } from '../../src/ops/softmax.ts';
import { stopGradient } from '../../src/gradients/stop-gradient.ts';
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

/** Six values, each at least 0.2 from every multiple of a half. */
const points: FloatTensor = {
  dtype: 'float32',
  data: Float32Array.of(-1.3, -0.7, 0.3, -0.3, 0.7, 1.3),
  shape: [2, 3],
};
const opposite: FloatTensor = { ...points, data: points.data.map((value) => 0.1 - value) };
const comparisons = [tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual];
const logic = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.logicalXor(
    tf.logicalOr(tf.logicalAnd(tf.greater(a, 0), tf.less(b, 0)), tf.greater(a, b)),
    tf.logicalNot(tf.less(a, 1)),
  );
const asFloat = (t: tf.Tensor): tf.Tensor => tf.cast(t, 'float32');
const isPositive = (t: tf.Tensor): tf.Tensor => tf.greater(t, 0);
const oneHot = (t: tf.Tensor): tf.Tensor =>
  tf.sum(tf.cast(tf.oneHot(tf.cast(tf.step(t), 'int32'), 2), 'float32'), -1);
const pair = (tensors: tf.Tensor[]): [tf.Tensor, tf.Tensor] => [
  tensors[0] as tf.Tensor,
  tensors[1] as tf.Tensor,
];

/** The lowest bit of the whole part. */
const lowestBit = (t: tf.Tensor): tf.Tensor => {
  const whole = tf.cast(t, 'int32');
  return tf.bitwiseAnd(whole, tf.onesLike(whole));
};
const zeroAmong: FloatTensor = {
  dtype: 'float32',
  data: Float32Array.of(0.7, 0, -1.2, 0.4, 1.1, -0.6),
  shape: [2, 3],
};
/** Places in [3, 2], the first and last the same. */
const pairs = (): tf.Tensor => tf.tensor2d([2, 1, 0, 0, 2, 1], [3, 2], 'int32');

const width = 4; // D, two heads of 2
const splitHeads = (hidden: tf.Tensor): tf.Tensor =>
  tf.transpose(tf.reshape(hidden, [1, 3, 2, 2]), [0, 2, 1, 3]);

/** Multi-head attention of 3 tokens, the last of them padding. */
const attentionWith =
  (normalise: (scores: tf.Tensor) => tf.Tensor): Differentiable =>
  (q, k, v) => {
    const [query, key, value] = [splitHeads(q), splitHeads(k), splitHeads(v)];
    const scores = tf.add(tf.mul(tf.matMul(query, key, false, true), Math.SQRT1_2), padding());
    const context = tf.matMul(normalise(scores), value);
    return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [3, width]);
  };
const attention = attentionWith(softmax);

/** A whole post-norm encoder layer, phi of the paper. */
const encoderLayer: Differentiable = (hidden, wq, wo, w1, w2, bias) => {
  const [h, b] = [hidden, bias];
  const [gain, zero] = [tf.add(b, 1), tf.zeros([width])];
  const project = (y: tf.Tensor, w: tf.Tensor | undefined): tf.Tensor => linear(y, w as tf.Tensor, b);
  const context = attention(project(h, wq), project(h, wo), project(h, w1));
  const attended = layerNorm(tf.add(h, project(context, wo)), gain, b, 1e-12);
  const inner = gelu(linear(attended, tf.concat([w1, w2]), tf.concat([b, zero])));
  return layerNorm(tf.add(attended, linear(inner, tf.concat([wq, w2], 1), b)), gain, b, 1e-12);
};

const unary = (f: (input: tf.Tensor) => tf.Tensor, input: FloatTensor): DerivativeCase => ({
  f: (t) => f(t),
  inputs: [input],
});
const binary = (
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  a: FloatTensor,
  b: FloatTensor,
): DerivativeCase => ({ f: (s, t) => f(s, t), inputs: [a, b] });

/** Values in (-0.5, 0.5), for the inverse functions. */
const bounded = (...shape: number[]): FloatTensor => {
  const values = normals(`bounded ${shape.join()}`, shape);
  return { ...values, data: values.data.map((value) => 0.5 * Math.tanh(value)) };
};

/** Every op that an encoder layer, its losses or its solvers may reach, and the rest of the gradient table. */
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
  'attention with tf.softmax': {
    f: attentionWith(tf.softmax),
    inputs: [x(3, 4), other(3, 4), normals('v', [3, 4])],
  },
  'tf.softmax': unary((t) => tf.softmax(t), x(2, 3)),
  softmax: unary(softmax, x(2, 3)),
  logSoftmax: unary(logSoftmax, x(2, 3)),
  gelu: unary(gelu, x(2, 5)),
  layerNorm: {
    f: (t, gain, bias) => layerNorm(t, gain, bias, 1e-5),
    inputs: [x(2, 2, 4), positive(4), other(4)],
  },
  linear: {
    f: (t, weight, bias) => linear(t, weight, bias),
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
  'matMul of transposes, batches broadcast': binary(
    (a, b) => tf.matMul(a, b, true, true),
    x(2, 3, 2),
    other(1, 2, 3),
  ),
  'gather along axis 1': unary((t) => tf.square(tf.gather(t, ids(), 1)), x(2, 3)),
  'segment sum with an id of no segment': unary(
    (t) => tf.square(tf.unsortedSegmentSum(t, tf.tensor1d([1, -1, 0, 1], 'int32'), 3)),
    x(4, 2),
  ),
  'stack and unstack': binary(
    (a, b) => tf.mul(...pair(tf.unstack(tf.stack([a, b], 1), 1))),
    x(2, 2),
    other(2, 2),
  ),
  split: unary((t) => tf.mul(...pair(tf.split(t, [1, 1], 1))), x(3, 2)),
  reverse: binary((a, b) => tf.mul(tf.reverse(a, 1), b), x(2, 3), other(2, 3)),
  cumsum: unary((t) => tf.square(tf.cumsum(t, 0, true)), x(3, 2)),
  'expandDims and cast': unary((t) => tf.square(tf.cast(tf.expandDims(t, 1), 'float32')), x(2, 2)),
  'clone and addN': binary((a, b) => tf.square(tf.addN([tf.clone(a), b, a])), x(2, 2), other(2, 2)),
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
  'floor, ceil, round and sign, which are constant between jumps': unary(
    (t) => tf.mul(t, tf.addN([tf.floor(t), tf.ceil(t), tf.round(t), tf.sign(t), tf.step(t)])),
    points,
  ),
  'comparisons as factors': binary(
    (a, b) => tf.mul(a, tf.addN(comparisons.map((compare) => tf.cast(compare(a, b), 'float32')))),
    apart(2, 3),
    normals('tiny', [2, 3], 0.01),
  ),
  'tests for special values as factors': unary(
    (t) => tf.mul(t, tf.addN([tf.isNaN, tf.isInf, tf.isFinite].map((test) => tf.cast(test(t), 'float32')))),
    x(2, 3),
  ),
  'logic as factors': binary((a, b) => tf.mul(a, tf.cast(logic(a, b), 'float32')), points, opposite),

  'zerosLike, onesLike and oneHot as terms': unary(
    (t) => tf.addN([tf.square(t), tf.zerosLike(t), tf.onesLike(t), oneHot(t)]),
    points,
  ),
  prelu: binary((a, b) => tf.square(tf.prelu(a, b)), points, positive(3)),
  'argMax, any and all as factors': unary(
    (t) =>
      tf.mul(
        t,
        tf.addN(
          [tf.argMax(t, 0), tf.argMin(t, 0), tf.any(isPositive(t), 0), tf.all(isPositive(t), 0)].map(asFloat),
        ),
      ),
    points,
  ),
  sub: binary((a, b) => tf.square(tf.sub(a, b)), x(2, 3), other(3)),
  neg: unary((t) => tf.square(tf.neg(t)), x(2, 3)),
  reciprocal: unary(tf.reciprocal, positive(2, 3)),
  expm1: unary(tf.expm1, x(2, 3)),
  log1p: unary(tf.log1p, positive(2, 3)),
  sin: unary(tf.sin, x(2, 3)),
  cos: unary(tf.cos, x(2, 3)),
  tan: unary(tf.tan, bounded(2, 3)),
  asin: unary(tf.asin, bounded(2, 2)),
  acos: unary(tf.acos, bounded(2, 2)),
  atan: unary(tf.atan, x(2, 3)),
  sinh: unary(tf.sinh, x(2, 3)),
  cosh: unary(tf.cosh, x(2, 3)),
  asinh: unary(tf.asinh, x(2, 3)),
  acosh: unary((t) => tf.acosh(tf.add(t, 1)), positive(2, 3)),
  atanh: unary(tf.atanh, bounded(2, 2)),
  selu: unary(tf.selu, apart(2, 3)),
  relu6: unary((t) => tf.square(tf.relu6(tf.mul(t, 6))), points),
  leakyRelu: unary((t) => tf.square(tf.leakyRelu(t)), apart(2, 3)),
  mod: binary((a, b) => tf.square(tf.mod(a, b)), bounded(2, 3), positive(2, 3)),
  floorDiv: binary((a, b) => tf.mul(a, tf.floorDiv(a, b)), bounded(2, 3), positive(2, 3)),
  atan2: binary(tf.atan2, x(2, 3), positive(2, 3)),
  'pow with a variable exponent': binary((a, b) => tf.pow(a, b), positive(2, 2), x(2, 2)),
  'softmax cross-entropy': unary((t) => tf.sum(tf.mul(logSoftmax(t), dropoutMask()), -1), x(2, 3)),
  'sigmoid cross-entropy': unary(
    (t) => tf.losses.sigmoidCrossEntropy(tf.greater(tensor(other(2, 3)), 0), t),
    apart(2, 3),
  ),
  'fill, range and linspace as terms': unary(
    (t) => tf.square(tf.addN([t, tf.fill([3], 2), tf.range(0, 3), tf.linspace(0, 1, 3)])),
    x(3),
  ),
  'bitwiseAnd as a factor': unary((t) => tf.mul(t, asFloat(lowestBit(t))), points),
  'running product': unary((t) => tf.cumprod(t, 1), zeroAmong),
  'running product of the earlier ones, backwards': unary((t) => tf.cumprod(t, 0, true, true), zeroAmong),
  'product over two axes': unary((t) => tf.prod(t, [0, 2]), x(2, 2, 2)),
  'product with a zero, axis kept': unary((t) => tf.prod(t, -1, true), zeroAmong),
  diag: unary((t) => tf.square(tf.diag(t)), x(3)),
  'gatherND with a repeated index': unary((t) => tf.square(tf.gatherND(t, pairs())), x(3, 2, 2)),
  'scatterND with a repeated index': unary((t) => tf.square(tf.scatterND(pairs(), t, [3, 2])), x(3)),
  tensorScatterUpdate: binary(
    (a, b) => tf.square(tf.tensorScatterUpdate(tf.add(a, 0), tf.tensor2d([[2], [0]], [2, 1], 'int32'), b)),
    x(3, 2),
    other(2, 2),
  ),
  'mirrorPad, reflected': unary(
    (t) =>
      tf.square(
        tf.mirrorPad(
          t,
          [
            [1, 1],
            [0, 2],
          ],
          'reflect',
        ),
      ),
    x(2, 3),
  ),
  'mirrorPad, symmetric': unary(
    (t) =>
      tf.square(
        tf.mirrorPad(
          t,
          [
            [0, 1],
            [2, 1],
          ],
          'symmetric',
        ),
      ),
    x(2, 2),
  ),
  'stridedSlice backwards': unary(
    (t) => tf.square(tf.stridedSlice(t, [2, 0, 1], [-4, 2, 2], [-2, 1, 1])),
    x(3, 2, 2),
  ),
  topk: unary((t) => tf.square(tf.topk(t, 2).values), apart(2, 4)),
  'the kernel of the stock gradient of elu': binary(
    (dy, y) => tf.engine().runKernel<tf.Tensor>('EluGrad', { dy, y }),
    x(2, 3),
    points,
  ),
  'einsum of attention scores': binary(
    (a, b) => tf.einsum('bqhd,bkhd->bhqk', a, b),
    x(1, 2, 2, 2),
    other(1, 3, 2, 2),
  ),
  'einsum that sums a letter away': unary((t) => tf.square(tf.einsum('ij->i', t)), x(2, 3)),
  'einsum of one operand, transposed': unary((t) => tf.square(tf.einsum('ijk -> ki', t)), x(2, 3, 2)),
  'einsum of an inner product': binary((a, b) => tf.square(tf.einsum('i,i->', a, b)), x(4), other(4)),
};
