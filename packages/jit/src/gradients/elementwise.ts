import * as tf from '@tensorflow/tfjs-core';
import type { ElementwiseKernel } from '../kernels/families.ts';
import { seluAlpha, seluScale } from '../kernels/selu.ts';
import { float } from './broadcast.ts';
import { binary, type Gradients, type Rule, unary, zero } from './rule.ts';

/** A function of one variable, applied to each element. */
type Scalar = (x: tf.Tensor) => tf.Tensor;

/** dy·derivative(x). Values that the derivative recomputes cost nothing when traced: equal nodes are merged. */
function smooth(derivative: Scalar): Rule<unknown> {
  return unary((dy, x) => tf.mul(dy, derivative(float(x))));
}

/** dy / slope(x). */
function inverse(slope: Scalar): Rule<unknown> {
  return unary((dy, x) => tf.div(dy, slope(float(x))));
}

const sigmoidSlope: Scalar = (x) => {
  const y = tf.sigmoid(x);
  return tf.mul(y, tf.sub(1, y));
};
/** exp(min(x, 0)): the slope of elu, which is 1 above zero and cannot overflow there. */
const eluSlope: Scalar = (x) => tf.exp(tf.minimum(x, 0));
/** 1 where the condition holds, else 0. */
const indicator = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, 'float32');

const within = (x: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high));

/** dy·(the slope of elu where its value is y): what stock tfjs's gradient of elu computes. */
function eluGrad(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.where(tf.greaterEqual(y, 0), dy, tf.mul(dy, tf.add(y, 1)));
}

/** Kernels of one input whose value at a place depends on the input at that place only. */
export const elementwiseGradients: Gradients<ElementwiseKernel> = {
  Neg: unary((dy) => tf.neg(dy)),
  Abs: smooth(tf.sign),
  Square: smooth((x) => tf.mul(x, 2)),
  Reciprocal: smooth((x) => tf.neg(tf.square(tf.reciprocal(x)))),
  Sqrt: inverse((x) => tf.mul(tf.sqrt(x), 2)),
  Rsqrt: smooth((x) => tf.mul(tf.div(tf.rsqrt(x), x), -0.5)),
  Exp: smooth(tf.exp),
  Expm1: smooth(tf.exp),
  Log: inverse((x) => x),
  Log1p: inverse((x) => tf.add(x, 1)),
  Sin: smooth(tf.cos),
  Cos: smooth((x) => tf.neg(tf.sin(x))),
  Tan: inverse((x) => tf.square(tf.cos(x))),
  Asin: inverse((x) => tf.sqrt(tf.sub(1, tf.square(x)))),
  Acos: inverse((x) => tf.neg(tf.sqrt(tf.sub(1, tf.square(x))))),
  Atan: inverse((x) => tf.add(tf.square(x), 1)),
  Sinh: smooth(tf.cosh),
  Cosh: smooth(tf.sinh),
  Tanh: smooth((x) => tf.sub(1, tf.square(tf.tanh(x)))),
  Asinh: inverse((x) => tf.sqrt(tf.add(tf.square(x), 1))),
  Acosh: inverse((x) => tf.sqrt(tf.sub(tf.square(x), 1))),
  Atanh: inverse((x) => tf.sub(1, tf.square(x))),
  Erf: smooth((x) => tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI))),
  Sigmoid: smooth(sigmoidSlope),
  Softplus: smooth(tf.sigmoid),
  Elu: smooth(eluSlope),
  Selu: smooth((x) =>
    tf.where(tf.greater(x, 0), tf.fill(x.shape, seluScale), tf.mul(eluSlope(x), seluAlpha)),
  ),
  Relu: smooth((x) => indicator(tf.greater(x, 0))),
  Relu6: smooth((x) => indicator(tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, 6)))),
  LeakyRelu: unary((dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha))),
  ClipByValue: unary((dy, x, { clipValueMin, clipValueMax }) =>
    tf.where(within(x, clipValueMin, clipValueMax), dy, tf.zerosLike(dy)),
  ),
  EluGrad: binary(
    (ddy, _dy, y) => eluGrad(ddy, y),
    (ddy, dy, y) => tf.where(tf.greaterEqual(y, 0), tf.zerosLike(ddy), tf.mul(ddy, dy)),
    ['dy', 'y'],
  ),
  Ceil: zero('x'),
  Floor: zero('x'),
  Round: zero('x'),
  Sign: zero('x'),
  Step: zero('x'),
};
