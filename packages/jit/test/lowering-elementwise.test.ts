import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLowerings } from '../src/lowering/elementwise.ts';
import { describeLowerings, floats, ints, type KernelCases, special } from './support/lowering.ts';

type Limits = Omit<KernelCases, 'cases'>;

function unary(run: (x: tf.Tensor) => tf.Tensor, limits: Limits = {}): KernelCases {
  const cases = [
    { name: 'special values', inputs: [special] },
    { name: 'rank 0', inputs: [floats()] },
    { name: 'size 0', inputs: [floats(0, 3)] },
    { name: 'rank 3', inputs: [floats(2, 3, 4)] },
  ].map((one) => ({ ...one, run: (...[x]: tf.Tensor[]) => run(x as tf.Tensor) }));
  return { cases, ...limits };
}

/** Kernels that keep integers. */
function number(run: (x: tf.Tensor) => tf.Tensor, limits: Limits = {}): KernelCases {
  const { cases } = unary(run);
  const whole = { name: 'integers', inputs: [ints(3, 4)], run: (...[x]: tf.Tensor[]) => run(x as tf.Tensor) };
  return { cases: [...cases, whole], ...limits };
}

const eluGrad = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.engine().runKernel('EluGrad', { dy, y });

describeLowerings(elementwiseLowerings, {
  Abs: number(tf.abs),
  Acos: unary(tf.acos),
  Acosh: unary(tf.acosh),
  Asin: unary(tf.asin),
  Asinh: unary(tf.asinh),
  Atan: unary(tf.atan),
  Atanh: unary(tf.atanh),
  Ceil: unary(tf.ceil),
  ClipByValue: unary((x) => tf.clipByValue(x, -1, 2.5)),
  Cos: unary(tf.cos),
  Cosh: unary(tf.cosh),
  Elu: unary(tf.elu, { absolute: 1e-7 }),
  EluGrad: {
    cases: [
      {
        name: 'special',
        inputs: [floats(special.data.length), special],
        run: (dy, y) => eluGrad(dy, y),
      },
    ],
  },
  // The cpu backend approximates erf by Abramowitz & Stegun 7.1.26, to 1.5e-7.
  Erf: unary(tf.erf, { absolute: 3e-7, signedZeros: false }),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1, { ulps: 4, signedZeros: false }),
  Floor: unary(tf.floor),
  LeakyRelu: unary((x) => tf.leakyRelu(x, 0.3)),
  Log: unary(tf.log),
  Log1p: unary(tf.log1p, { ulps: 4, signedZeros: false }),
  Neg: number(tf.neg),
  Reciprocal: unary(tf.reciprocal),
  Relu: number(tf.relu, { signedZeros: false }),
  Relu6: unary(tf.relu6, { signedZeros: false }),
  // -0.5 rounds to 0 in the cpu backend and to -0 in IEEE 754.
  Round: unary(tf.round, { signedZeros: false }),
  Rsqrt: unary(tf.rsqrt),
  Selu: unary(tf.selu, { absolute: 1e-7 }),
  Sigmoid: unary(tf.sigmoid, { absolute: 1e-7 }),
  Sign: number(tf.sign),
  Sin: unary(tf.sin),
  Sinh: unary(tf.sinh),
  Softplus: unary(tf.softplus, { absolute: 1e-7 }),
  Sqrt: unary(tf.sqrt),
  Square: number(tf.square),
  Step: unary((x) => tf.step(x, 0.25)),
  Tan: unary(tf.tan),
  Tanh: unary(tf.tanh, { absolute: 1e-7 }),
});
