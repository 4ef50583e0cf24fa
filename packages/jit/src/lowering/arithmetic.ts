import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { cast, inFloat, inNumbers } from './element-types.ts';
import type { Lowerings } from './kernels.ts';

/** Kernels of two operands (or a list) that compute numbers element by element, with broadcasting. */
export type ArithmeticKernel =
  | 'Add' | 'AddN' | 'Atan2' | 'BitwiseAnd' | 'FloorDiv' | 'Maximum' | 'Minimum' | 'Mod' | 'Multiply' | 'Pow'
  | 'Prelu' | 'RealDiv' | 'SquaredDifference' | 'Sub'; // prettier-ignore

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
  const quotient = graph.apply('Div', [cast(graph, a, 'float32'), cast(graph, b, 'float32')]);
  return cast(graph, quotient, a.dtype);
}

/**
 * Integer division rounded down, exact for all int32. ONNX truncates, so a remainder of the other sign than the
 * divisor's takes one off. A zero divisor would kill the process: it divides by one instead and gives 0, as tfjs's
 * conversion of infinity does.
 */
function floorDivideIntegers(graph: GraphBuilder, a: Value, b: Value): Value {
  const [zero, one] = [graph.scalar(0, 'int32'), graph.scalar(1, 'int32')];
  const isZero = graph.apply('Equal', [b, zero]);
  const divisor = graph.apply('Where', [isZero, one, b]);
  const quotient = graph.apply('Div', [a, divisor]);
  const remainder = graph.apply('Sub', [a, graph.apply('Mul', [quotient, divisor])]);
  const exact = graph.apply('Equal', [remainder, zero]);
  const signsDiffer = graph.apply('Xor', [
    graph.apply('Less', [remainder, zero]),
    graph.apply('Less', [divisor, zero]),
  ]);
  const down = graph.apply('And', [graph.apply('Not', [exact]), signsDiffer]);
  const floor = graph.apply('Sub', [quotient, graph.apply('Cast', [down], { to: 6 })]);
  return graph.apply('Where', [isZero, zero, floor]);
}

function floorDivide(graph: GraphBuilder, { a, b }: Operands): Value {
  if (a.dtype !== 'float32')
    return floorDivideIntegers(graph, cast(graph, a, 'int32'), cast(graph, b, 'int32'));
  return cast(graph, graph.apply('Floor', [graph.apply('Div', [a, b])]), 'int32');
}

/** The remainder with the divisor's sign, as tfjs computes it: a % b, plus b and reduced again when the signs differ. */
function modulo(graph: GraphBuilder, a: Value, b: Value): Value {
  const remainder = (x: Value): Value => graph.apply('Mod', [x, b], { fmod: 1 });
  const first = remainder(a);
  const negative = (x: Value): Value => graph.apply('Less', [x, graph.scalar(0)]);
  const differ = graph.apply('Xor', [negative(a), negative(b)]);
  return graph.apply('Where', [differ, remainder(graph.apply('Add', [first, b])), first]);
}

/**
 * atan2(a, b) = atan(a / b), corrected where b < 0; signs of zero count, so that atan2(-0, -1) is -π.
 * The sign of a zero is read from its reciprocal.
 */
function arctangent(graph: GraphBuilder, { a, b }: Operands): Value {
  const zero = graph.scalar(0);
  const negative = (x: Value): Value => {
    const signed = graph.apply('Where', [graph.apply('Equal', [x, zero]), graph.apply('Reciprocal', [x]), x]);
    return graph.apply('Less', [signed, zero]);
  };
  const bothZero = graph.apply('And', [graph.apply('Equal', [a, zero]), graph.apply('Equal', [b, zero])]);
  const isInfinite = (x: Value): Value => graph.apply('IsInf', [x]);
  const bothInfinite = graph.apply('And', [isInfinite(a), isInfinite(b)]);
  const sign = (x: Value): Value => graph.apply('Where', [negative(x), graph.scalar(-1), graph.scalar(1)]);
  const ratio = graph.apply('Div', [a, b]);
  const signs = graph.apply('Mul', [sign(a), sign(b)]);
  const quotient = graph.apply('Where', [bothInfinite, signs, ratio]);
  const principal = graph.apply('Where', [
    bothZero,
    graph.apply('Mul', [graph.scalar(0), signs]),
    graph.apply('Atan', [quotient]),
  ]);
  const turned = graph.apply('Add', [principal, graph.apply('Mul', [sign(a), graph.scalar(Math.PI)])]);
  return graph.apply('Where', [negative(b), turned, principal]);
}

/** Lowerings of binary arithmetic. */
export const arithmeticLowerings: Lowerings<ArithmeticKernel> = {
  Add: direct('Add'),
  AddN: (graph, values) =>
    values.reduce((sum, value) => inNumbers(graph, [sum, value], (pair) => graph.apply('Add', pair))),
  Atan2: (graph, { a, b }) =>
    inFloat(graph, a, (x) => arctangent(graph, { a: x, b: cast(graph, b, 'float32') })),
  BitwiseAnd: (graph, { a, b }) => graph.apply('BitwiseAnd', [a, b]),
  FloorDiv: floorDivide,
  Maximum: maximum,
  Minimum: minimum,
  Mod: (graph, { a, b }) => inFloat(graph, a, (x) => modulo(graph, x, cast(graph, b, 'float32'))),
  Multiply: direct('Mul'),
  Pow: direct('Pow'),
  Prelu: (graph, { x, alpha }) => {
    const negative = graph.apply('Less', [x, graph.scalar(0)]);
    return graph.apply('Where', [negative, graph.apply('Mul', [alpha, x]), x]);
  },
  RealDiv: (graph, { a, b }) => divide(graph, a, b),
  SquaredDifference: (graph, { a, b }) =>
    inNumbers(graph, [a, b], (values) => {
      const difference = graph.apply('Sub', values);
      return graph.apply('Mul', [difference, difference]);
    }),
  Sub: direct('Sub'),
};
