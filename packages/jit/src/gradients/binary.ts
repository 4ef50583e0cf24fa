import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../ops/stop-gradient.ts';
import { float, unbroadcast } from './broadcast.ts';
import { binary, stepwise, variadic } from './rule.ts';

type Slope = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** The gradients dy·byA(a, b) and dy·byB(a, b), summed where an input was broadcast. */
function slopes(kernelName: string, byA: Slope, byB: Slope): tf.GradConfig {
  return binary(
    kernelName,
    (dy, a, b) => unbroadcast(tf.mul(dy, byA(float(a), float(b))), a.shape),
    (dy, a, b) => unbroadcast(tf.mul(dy, byB(float(a), float(b))), b.shape),
  );
}

/** log(a) where a > 0, else 0; the inner choice keeps NaN out of the gradient of the branch that is not taken. */
function safeLog(a: tf.Tensor): tf.Tensor {
  const positive = tf.greater(a, 0);
  return tf.where(positive, tf.log(tf.where(positive, a, tf.onesLike(a))), tf.zerosLike(a));
}

/** 1 where the comparison holds, else 0. */
const indicator =
  (compare: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Slope =>
  (a, b) =>
    tf.cast(compare(a, b), 'float32');

const difference: Slope = (a, b) => tf.mul(tf.sub(a, b), 2);
const squaredNorm: Slope = (a, b) => tf.add(tf.square(a), tf.square(b));

const comparisons = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'FloorDiv',
];

const preluGradient: tf.GradConfig = {
  kernelName: 'Prelu',
  inputsToSave: ['x', 'alpha'],
  gradFunc: (dy, saved) => {
    const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
    const positive = tf.greater(stopGradient(x), 0);
    return {
      x: () => tf.where(positive, dy as tf.Tensor, tf.mul(dy as tf.Tensor, alpha)),
      alpha: () => unbroadcast(tf.mul(dy as tf.Tensor, tf.minimum(x, 0)), alpha.shape),
    };
  },
};

/** Kernels of two inputs that broadcast, and the sum of many. */
export const binaryGradients: readonly tf.GradConfig[] = [
  binary(
    'Add',
    (dy, a) => unbroadcast(dy, a.shape),
    (dy, _a, b) => unbroadcast(dy, b.shape),
  ),
  binary(
    'Sub',
    (dy, a) => unbroadcast(dy, a.shape),
    (dy, _a, b) => tf.neg(unbroadcast(dy, b.shape)),
  ),
  binary(
    'RealDiv',
    (dy, a, b) => unbroadcast(tf.div(dy, float(b)), a.shape),
    (dy, a, b) => unbroadcast(tf.neg(tf.div(tf.mul(dy, float(a)), tf.square(float(b)))), b.shape),
  ),
  slopes(
    'Multiply',
    (_a, b) => b,
    (a) => a,
  ),
  slopes('SquaredDifference', difference, (a, b) => difference(b, a)),
  slopes('Maximum', indicator(tf.greaterEqual), indicator(tf.less)),
  slopes('Minimum', indicator(tf.lessEqual), indicator(tf.greater)),
  slopes(
    'Pow',
    (a, b) => tf.mul(b, tf.pow(a, tf.sub(b, 1))),
    (a, b) => tf.mul(tf.pow(a, b), safeLog(a)),
  ),
  slopes(
    'Mod',
    (a) => tf.onesLike(a),
    (a, b) => tf.neg(tf.floor(tf.div(a, b))),
  ),
  slopes(
    'Atan2',
    (a, b) => tf.div(b, squaredNorm(a, b)),
    (a, b) => tf.neg(tf.div(a, squaredNorm(a, b))),
  ),
  preluGradient,
  variadic('AddN', (dy) => tf.clone(dy)),
  ...comparisons.map((kernelName) => stepwise(kernelName, ['a', 'b'])),
];
