import * as tf from '@tensorflow/tfjs-core';
import { float } from './broadcast.ts';
import { stepwise, unary } from './rule.ts';

type Function = (x: tf.Tensor) => tf.Tensor;

/** dy·derivative(x). Values that the derivative recomputes cost nothing when traced: equal nodes are merged. */
function smooth(kernelName: string, derivative: Function): tf.GradConfig {
  return unary(kernelName, (dy, x) => tf.mul(dy, derivative(float(x))));
}

/** dy / slope(x). */
function inverse(kernelName: string, slope: Function): tf.GradConfig {
  return unary(kernelName, (dy, x) => tf.div(dy, slope(float(x))));
}

const sigmoidSlope: Function = (x) => {
  const y = tf.sigmoid(x);
  return tf.mul(y, tf.sub(1, y));
};
/** exp(min(x, 0)): the slope of elu, which is 1 above zero and cannot overflow there. */
const eluSlope: Function = (x) => tf.exp(tf.minimum(x, 0));
/** 1 where the condition holds, else 0. */
const indicator = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, 'float32');

const seluScale = 1.0507009873554805; // Klambauer et al. 2017, arXiv:1706.02515
const seluScaleAlpha = 1.7580993408473768;

const within = (x: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high));

/** Kernels of one input whose value at a place depends on the input at that place only. */
export const elementwiseGradients: readonly tf.GradConfig[] = [
  unary('Identity', (dy) => tf.clone(dy)),
  unary('Cast', (dy) => tf.cast(dy, 'float32')),
  unary('Neg', (dy) => tf.neg(dy)),
  smooth('Abs', tf.sign),
  smooth('Square', (x) => tf.mul(x, 2)),
  smooth('Reciprocal', (x) => tf.neg(tf.square(tf.reciprocal(x)))),
  inverse('Sqrt', (x) => tf.mul(tf.sqrt(x), 2)),
  smooth('Rsqrt', (x) => tf.mul(tf.div(tf.rsqrt(x), x), -0.5)),
  smooth('Exp', tf.exp),
  smooth('Expm1', tf.exp),
  inverse('Log', (x) => x),
  inverse('Log1p', (x) => tf.add(x, 1)),
  smooth('Sin', tf.cos),
  smooth('Cos', (x) => tf.neg(tf.sin(x))),
  inverse('Tan', (x) => tf.square(tf.cos(x))),
  inverse('Asin', (x) => tf.sqrt(tf.sub(1, tf.square(x)))),
  inverse('Acos', (x) => tf.neg(tf.sqrt(tf.sub(1, tf.square(x))))),
  inverse('Atan', (x) => tf.add(tf.square(x), 1)),
  smooth('Sinh', tf.cosh),
  smooth('Cosh', tf.sinh),
  smooth('Tanh', (x) => tf.sub(1, tf.square(tf.tanh(x)))),
  inverse('Asinh', (x) => tf.sqrt(tf.add(tf.square(x), 1))),
  inverse('Acosh', (x) => tf.sqrt(tf.sub(tf.square(x), 1))),
  inverse('Atanh', (x) => tf.sub(1, tf.square(x))),
  smooth('Erf', (x) => tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI))),
  smooth('Sigmoid', sigmoidSlope),
  smooth('Softplus', tf.sigmoid),
  smooth('Elu', eluSlope),
  smooth('Selu', (x) =>
    tf.where(tf.greater(x, 0), tf.fill(x.shape, seluScale), tf.mul(eluSlope(x), seluScaleAlpha)),
  ),
  smooth('Relu', (x) => indicator(tf.greater(x, 0))),
  smooth('Relu6', (x) => indicator(tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, 6)))),
  unary('LeakyRelu', (dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha as number))),
  unary('ClipByValue', (dy, x, { clipValueMin, clipValueMax }) =>
    tf.where(within(x, clipValueMin as number, clipValueMax as number), dy, tf.zerosLike(dy)),
  ),
  ...[
    'Sign',
    'Step',
    'Floor',
    'Ceil',
    'Round',
    'IsNan',
    'IsInf',
    'IsFinite',
    'LogicalNot',
    'ArgMax',
    'ArgMin',
    'All',
    'Any',
  ].map((kernelName) => stepwise(kernelName, ['x'])),
  ...['ZerosLike', 'OnesLike'].map((kernelName) => stepwise(kernelName, ['x'])),
];
