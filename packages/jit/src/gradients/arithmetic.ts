import * as tf from '@tensorflow/tfjs-core';
import type { ArithmeticKernel } from '../kernels/families.ts';
import { float, unbroadcast } from './broadcast.ts';
import { binary, type Gradients, type Rule, variadic, zero } from './rule.ts';
import { stopGradient } from './stop-gradient.ts';

type Slope = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** The gradients dy·byA(a, b) and dy·byB(a, b), summed where an input was broadcast. */
function slopes(byA: Slope, byB: Slope): Rule<unknown> {
  return binary(
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

/** Kernels of two inputs that broadcast, and the sum of many. */
export const arithmeticGradients: Gradients<ArithmeticKernel> = {
  Add: binary(
    (dy, a) => unbroadcast(dy, a.shape),
    (dy, _a, b) => unbroadcast(dy, b.shape),
  ),
  AddN: variadic((dy) => tf.clone(dy)),
  Atan2: slopes(
    (a, b) => tf.div(b, squaredNorm(a, b)),
    (a, b) => tf.neg(tf.div(a, squaredNorm(a, b))),
  ),
  BitwiseAnd: zero('a', 'b'),
  FloorDiv: zero('a', 'b'),
  Maximum: slopes(indicator(tf.greaterEqual), indicator(tf.less)),
  Minimum: slopes(indicator(tf.lessEqual), indicator(tf.greater)),
  Mod: slopes(
    (a) => tf.onesLike(a),
    (a, b) => tf.neg(tf.floor(tf.div(a, b))),
  ),
  Multiply: slopes(
    (_a, b) => b,
    (a) => a,
  ),
  Pow: slopes(
    (a, b) => tf.mul(b, tf.pow(a, tf.sub(b, 1))),
    (a, b) => tf.mul(tf.pow(a, b), safeLog(a)),
  ),
  Prelu: binary(
    (dy, x, alpha) => tf.where(tf.greater(stopGradient(x), 0), dy, tf.mul(dy, alpha)),
    (dy, x, alpha) => unbroadcast(tf.mul(dy, tf.minimum(x, 0)), alpha.shape),
    ['x', 'alpha'],
  ),
  RealDiv: binary(
    (dy, a, b) => unbroadcast(tf.div(dy, float(b)), a.shape),
    (dy, a, b) => unbroadcast(tf.neg(tf.div(tf.mul(dy, float(a)), tf.square(float(b)))), b.shape),
  ),
  SquaredDifference: slopes(difference, (a, b) => difference(b, a)),
  Sub: binary(
    (dy, a) => unbroadcast(dy, a.shape),
    (dy, _a, b) => tf.neg(unbroadcast(dy, b.shape)),
  ),
};
