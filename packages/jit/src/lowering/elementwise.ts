import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { cast, inFloat, inNumbers } from './element-types.ts';
import { seluAlpha, seluScale } from '../kernels/selu.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import type { ElementwiseKernel } from '../kernels/families.ts';

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
  return graph.ops.less(x, 0);
}

/** NaN where x is NaN, `value` elsewhere: for kernels that let NaN through and operators that do not. */
function keepingNan(graph: GraphBuilder, x: Value, value: Value): Value {
  return graph.ops.where(graph.ops.isNaN(x), x, value);
}

/** x clamped to [low, high] with NaN kept. */
function clamp(graph: GraphBuilder, x: Value, low: number, high: number): Value {
  return graph.ops.min(graph.ops.max(x, low), high);
}

/** exp(x) - 1 without cancellation near 0: 2·sinh(x/2)·exp(x/2). */
function expm1(graph: GraphBuilder, x: Value): Value {
  const { abs, exp, less, mul, sinh, sub, where } = graph.ops;
  const half = mul(x, 0.5);
  const near = mul(mul(sinh(half), exp(half)), 2);
  const far = sub(exp(x), 1);
  const isNear = less(abs(x), 1);
  return where(isNear, near, far);
}

/** log(1 + x) without cancellation near 0: with u = 1 + x as rounded, log(u)·x / (u - 1) (Goldberg 1991, theorem 4). */
function log1p(graph: GraphBuilder, x: Value): Value {
  const { add, div, equal, isInf, log, mul, sub, where } = graph.ops;
  const u = add(x, 1);
  const rounded = sub(u, 1);
  const corrected = mul(log(u), div(x, rounded));
  const plain = log(u);
  const tiny = equal(u, 1);
  const infinite = isInf(x);
  return where(tiny, x, where(infinite, plain, corrected));
}

function elu(graph: GraphBuilder, x: Value, negativeScale: number, positiveScale: number): Value {
  const { exp, min, mul, sub, where } = graph.ops;
  const below = mul(sub(exp(min(x, 0)), 1), negativeScale);
  return where(isNegative(graph, x), below, mul(x, positiveScale));
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
    const below = graph.ops.mul(dy, graph.ops.add(y, 1));
    // NaN is not at least 0, so it takes the branch that keeps it
    return graph.ops.where(graph.ops.greaterOrEqual(y, 0), dy, below);
  },
  Erf: direct('Erf'),
  Exp: (graph, { x }) => graph.ops.exp(cast(graph, x, 'float32')),
  Expm1: (graph, { x }) => inFloat(graph, x, (value) => expm1(graph, value)),
  Floor: direct('Floor'),
  LeakyRelu: (graph, { x }, { alpha }) => {
    const value = cast(graph, x, 'float32');
    return graph.ops.where(isNegative(graph, value), graph.ops.mul(value, alpha), value);
  },
  Log: direct('Log'),
  Log1p: (graph, { x }) => inFloat(graph, x, (value) => log1p(graph, value)),
  Neg: directNumber('Neg'),
  Reciprocal: direct('Reciprocal'),
  Relu: (graph, { x }) => inNumbers(graph, [x], ([value = x]) => graph.ops.max(value, 0)),
  Relu6: (graph, { x }) => inFloat(graph, x, (value) => clamp(graph, value, 0, 6)),
  Round: direct('Round'),
  Rsqrt: (graph, { x }) => inFloat(graph, x, (value) => graph.ops.reciprocal(graph.ops.sqrt(value))),
  Selu: (graph, { x }) => elu(graph, x, seluAlpha, seluScale),
  Sigmoid: direct('Sigmoid'),
  Sign: (graph, { x }) => {
    const sign = inNumbers(graph, [x], (values) => graph.apply('Sign', values));
    // tfjs gives NaN the sign 0
    return x.dtype === 'float32' ? graph.ops.where(graph.ops.isNaN(x), 0, sign) : sign;
  },
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: (graph, { x }) => inNumbers(graph, [x], ([value = x]) => graph.ops.mul(value, value)),
  Step: (graph, { x }, { alpha }) => {
    const positive = graph.ops.greater(cast(graph, x, 'float32'), 0);
    const step = graph.ops.where(positive, 1, alpha);
    return x.dtype === 'float32' ? keepingNan(graph, x, step) : cast(graph, step, x.dtype);
  },
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),
};
