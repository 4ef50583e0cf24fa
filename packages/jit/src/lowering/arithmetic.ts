import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { cast, inFloat, inNumbers } from './element-types.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import type { ArithmeticKernel } from '../kernels/families.ts';

interface Operands {
  readonly a: Value;
  readonly b: Value;
}

function direct(operator: OperatorName) {
  return (graph: GraphBuilder, { a, b }: Operands): Value =>
    inNumbers(graph, [a, b], (values) => graph.apply(operator, values));
}

/** Max and Min of ONNX Runtime propagate NaN, as Math.max does. */
const maximum = direct('Max');
const minimum = direct('Min');

function divide(graph: GraphBuilder, a: Value, b: Value): Value {
  const quotient = graph.ops.div(cast(graph, a, 'float32'), cast(graph, b, 'float32'));
  return cast(graph, quotient, a.dtype);
}

/**
 * Integer division rounded down, exact for all int32. ONNX truncates, so a remainder of the other sign than the
 * divisor's takes one off. A zero divisor would kill the process: it divides by one instead and gives 0, as tfjs's
 * conversion of infinity does.
 */
function floorDivideIntegers(graph: GraphBuilder, a: Value, b: Value): Value {
  const { and, div, equal, less, mul, not, sub, where, xor } = graph.ops;
  const isZero = equal(b, 0);
  const divisor = where(isZero, 1, b);
  const quotient = div(a, divisor);
  const remainder = sub(a, mul(quotient, divisor));
  const exact = equal(remainder, 0);
  const signsDiffer = xor(less(remainder, 0), less(divisor, 0));
  const down = and(not(exact), signsDiffer);
  const floor = sub(quotient, cast(graph, down, 'int32'));
  return where(isZero, 0, floor);
}

function floorDivide(graph: GraphBuilder, { a, b }: Operands): Value {
  if (a.dtype !== 'float32')
    return floorDivideIntegers(graph, cast(graph, a, 'int32'), cast(graph, b, 'int32'));
  return cast(graph, graph.ops.floor(graph.ops.div(a, b)), 'int32');
}

/** The remainder with the divisor's sign, as tfjs computes it: a % b, plus b and reduced again when the signs differ. */
function modulo(graph: GraphBuilder, a: Value, b: Value): Value {
  const { add, less, where, xor } = graph.ops;
  const remainder = (x: Value): Value => graph.apply('Mod', [x, b], { fmod: 1 });
  const first = remainder(a);
  const negative = (x: Value): Value => less(x, 0);
  const differ = xor(negative(a), negative(b));
  return where(differ, remainder(add(first, b)), first);
}

/**
 * atan2(a, b) = atan(a / b), corrected where b < 0; signs of zero count, so that atan2(-0, -1) is -π.
 * The sign of a zero is read from its reciprocal.
 */
function arctangent(graph: GraphBuilder, { a, b }: Operands): Value {
  const { add, and, atan, div, equal, isInf, less, mul, reciprocal, where } = graph.ops;
  const negative = (x: Value): Value => {
    const signed = where(equal(x, 0), reciprocal(x), x);
    return less(signed, 0);
  };
  const bothZero = and(equal(a, 0), equal(b, 0));
  const bothInfinite = and(isInf(a), isInf(b));
  const sign = (x: Value): Value => where(negative(x), -1, 1);
  const ratio = div(a, b);
  const signs = mul(sign(a), sign(b));
  const quotient = where(bothInfinite, signs, ratio);
  const principal = where(bothZero, mul(0, signs), atan(quotient));
  const turned = add(principal, mul(sign(a), Math.PI));
  return where(negative(b), turned, principal);
}

/** Lowerings of binary arithmetic. */
export const arithmeticLowerings: Lowerings<ArithmeticKernel> = {
  Add: direct('Add'),
  AddN: (graph, values) =>
    values.reduce((sum, value) => inNumbers(graph, [sum, value], (pair) => graph.apply('Add', pair))),
  Atan2: (graph, { a, b }) =>
    inFloat(graph, a, (x) => arctangent(graph, { a: x, b: cast(graph, b, 'float32') })),
  BitwiseAnd: (graph, { a, b }) => graph.ops.bitwiseAnd(a, b),
  FloorDiv: floorDivide,
  Maximum: maximum,
  Minimum: minimum,
  Mod: (graph, { a, b }) => inFloat(graph, a, (x) => modulo(graph, x, cast(graph, b, 'float32'))),
  Multiply: direct('Mul'),
  Pow: direct('Pow'),
  Prelu: (graph, { x, alpha }) => {
    const negative = graph.ops.less(x, 0);
    return graph.ops.where(negative, graph.ops.mul(alpha, x), x);
  },
  RealDiv: (graph, { a, b }) => divide(graph, a, b),
  SquaredDifference: (graph, { a, b }) =>
    inNumbers(graph, [a, b], (values) => {
      const difference = graph.apply('Sub', values);
      return graph.ops.mul(difference, difference);
    }),
  Sub: direct('Sub'),
};
