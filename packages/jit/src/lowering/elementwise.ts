import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { cast, inFloat, inNumbers } from './element-types.ts';
import type { Lowerings } from './kernels.ts';

/** Kernels of one operand that compute numbers element by element. */
export type ElementwiseKernel =
  | 'Abs' | 'Acos' | 'Acosh' | 'Asin' | 'Asinh' | 'Atan' | 'Atanh' | 'Ceil' | 'ClipByValue' | 'Cos' | 'Cosh' | 'Elu'
  | 'EluGrad' | 'Erf' | 'Exp' | 'Expm1' | 'Floor' | 'LeakyRelu' | 'Log' | 'Log1p' | 'Neg' | 'Reciprocal' | 'Relu'
  | 'Relu6' | 'Round' | 'Rsqrt' | 'Selu' | 'Sigmoid' | 'Sign' | 'Sin' | 'Sinh' | 'Softplus' | 'Sqrt' | 'Square'
  | 'Step' | 'Tan' | 'Tanh'; // prettier-ignore

interface X {
  readonly x: Value;
}

/** A kernel that is one float operator. */
function direct(operator: OperatorName) {
  return (graph: GraphBuilder, { x }: X): Value =>
    inFloat(graph, x, (value) => graph.apply(operator, [value]));
}

/** A kernel that ONNX has for integers too. */
function directNumber(operator: OperatorName) {
  return (graph: GraphBuilder, { x }: X): Value =>
    inNumbers(graph, [x], (values) => graph.apply(operator, values));
}

function isNegative(graph: GraphBuilder, x: Value): Value {
  return graph.apply('Less', [x, graph.scalar(0)]);
}

/** NaN where x is NaN, `value` elsewhere: for kernels that let NaN through and operators that do not. */
function keepingNan(graph: GraphBuilder, x: Value, value: Value): Value {
  return graph.apply('Where', [graph.apply('IsNaN', [x]), x, value]);
}

/** x clamped to [low, high] with NaN kept. */
function clamp(graph: GraphBuilder, x: Value, low: number, high: number): Value {
  return graph.apply('Min', [graph.apply('Max', [x, graph.scalar(low)]), graph.scalar(high)]);
}

/** exp(x) - 1 without cancellation near 0: 2·sinh(x/2)·exp(x/2). */
function expm1(graph: GraphBuilder, x: Value): Value {
  const half = graph.apply('Mul', [x, graph.scalar(0.5)]);
  const near = graph.apply('Mul', [
    graph.apply('Mul', [graph.apply('Sinh', [half]), graph.apply('Exp', [half])]),
    graph.scalar(2),
  ]);
  const far = graph.apply('Sub', [graph.apply('Exp', [x]), graph.scalar(1)]);
  const isNear = graph.apply('Less', [graph.apply('Abs', [x]), graph.scalar(1)]);
  return graph.apply('Where', [isNear, near, far]);
}

/** log(1 + x) without cancellation near 0: with u = 1 + x as rounded, log(u)·x / (u - 1) (Goldberg 1991, theorem 4). */
function log1p(graph: GraphBuilder, x: Value): Value {
  const u = graph.apply('Add', [x, graph.scalar(1)]);
  const rounded = graph.apply('Sub', [u, graph.scalar(1)]);
  const corrected = graph.apply('Mul', [graph.apply('Log', [u]), graph.apply('Div', [x, rounded])]);
  const plain = graph.apply('Log', [u]);
  const tiny = graph.apply('Equal', [u, graph.scalar(1)]);
  const infinite = graph.apply('IsInf', [x]);
  return graph.apply('Where', [tiny, x, graph.apply('Where', [infinite, plain, corrected])]);
}

/** Constants of Klambauer et al. 2017, as in tfjs. */
const seluAlpha = 1.7580993408473768;
const seluScale = 1.0507009873554805;

function elu(graph: GraphBuilder, x: Value, negativeScale: number, positiveScale: number): Value {
  const below = graph.apply('Mul', [
    graph.apply('Sub', [graph.apply('Exp', [graph.apply('Min', [x, graph.scalar(0)])]), graph.scalar(1)]),
    graph.scalar(negativeScale),
  ]);
  return graph.apply('Where', [
    isNegative(graph, x),
    below,
    graph.apply('Mul', [x, graph.scalar(positiveScale)]),
  ]);
}

/** Lowerings of unary arithmetic. */
export const elementwiseLowerings: Lowerings<ElementwiseKernel> = {
  Abs: directNumber('Abs'),
  Acos: direct('Acos'),
  Acosh: direct('Acosh'),
  Asin: direct('Asin'),
  Asinh: direct('Asinh'),
  Atan: direct('Atan'),
  Atanh: direct('Atanh'),
  Ceil: direct('Ceil'),
  ClipByValue: (graph, { x }, { clipValueMin, clipValueMax }) =>
    inFloat(graph, x, (value) => clamp(graph, value, clipValueMin, clipValueMax)),
  Cos: direct('Cos'),
  Cosh: direct('Cosh'),
  Elu: (graph, { x }) => elu(graph, x, 1, 1),
  EluGrad: (graph, { dy, y }) => {
    const below = graph.apply('Mul', [dy, graph.apply('Add', [y, graph.scalar(1)])]);
    // NaN is not at least 0, so it takes the branch that keeps it
    return graph.apply('Where', [graph.apply('GreaterOrEqual', [y, graph.scalar(0)]), dy, below]);
  },
  Erf: direct('Erf'),
  Exp: (graph, { x }) => graph.apply('Exp', [cast(graph, x, 'float32')]),
  Expm1: (graph, { x }) => inFloat(graph, x, (value) => expm1(graph, value)),
  Floor: direct('Floor'),
  LeakyRelu: (graph, { x }, { alpha }) => {
    const value = cast(graph, x, 'float32');
    return graph.apply('Where', [
      isNegative(graph, value),
      graph.apply('Mul', [value, graph.scalar(alpha)]),
      value,
    ]);
  },
  Log: direct('Log'),
  Log1p: (graph, { x }) => inFloat(graph, x, (value) => log1p(graph, value)),
  Neg: directNumber('Neg'),
  Reciprocal: direct('Reciprocal'),
  Relu: (graph, { x }) =>
    inNumbers(graph, [x], ([value = x]) => graph.apply('Max', [value, graph.scalar(0, value.dtype)])),
  Relu6: (graph, { x }) => inFloat(graph, x, (value) => clamp(graph, value, 0, 6)),
  Round: direct('Round'),
  Rsqrt: (graph, { x }) =>
    inFloat(graph, x, (value) => graph.apply('Reciprocal', [graph.apply('Sqrt', [value])])),
  Selu: (graph, { x }) => elu(graph, x, seluAlpha, seluScale),
  Sigmoid: direct('Sigmoid'),
  Sign: (graph, { x }) => {
    const sign = inNumbers(graph, [x], (values) => graph.apply('Sign', values));
    // tfjs gives NaN the sign 0
    return x.dtype === 'float32'
      ? graph.apply('Where', [graph.apply('IsNaN', [x]), graph.scalar(0), sign])
      : sign;
  },
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: (graph, { x }) => inNumbers(graph, [x], ([value = x]) => graph.apply('Mul', [value, value])),
  Step: (graph, { x }, { alpha }) => {
    const positive = graph.apply('Greater', [cast(graph, x, 'float32'), graph.scalar(0)]);
    const step = graph.apply('Where', [positive, graph.scalar(1), graph.scalar(alpha)]);
    return x.dtype === 'float32' ? keepingNan(graph, x, step) : cast(graph, step, x.dtype);
  },
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),
};
