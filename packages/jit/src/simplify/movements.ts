import { uniformNumber } from '../graph/constant.ts';
import { broadcast } from '../graph/operator-rule.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { madeBy, permutation, sameShape } from './patterns.ts';
import type { Rule } from './rewrite.ts';

/** Reshape(Reshape(x)) is one Reshape. */
const reshapeChain: Rule = (graph, { operator, inputs: [x, shape] }) => {
  if (operator !== 'Reshape' || shape === undefined) return undefined;
  const source = madeBy(x, 'Reshape')?.inputs[0];
  return source === undefined ? undefined : graph.apply('Reshape', [source, shape]);
};

/** Transpose(Transpose(x)) is one Transpose. */
const transposeChain: Rule = (graph, { operator, inputs: [x], attributes }) => {
  const inner = operator === 'Transpose' ? madeBy(x, 'Transpose') : undefined;
  const [source] = inner?.inputs ?? [];
  if (inner === undefined || source === undefined) return undefined;
  const first = permutation(inner.attributes);
  return graph.ops.transpose(
    source,
    permutation(attributes).map((axis) => first[axis] ?? axis),
  );
};

/** A Transpose that moves only axes of size 1 is a Reshape, which costs nothing. */
const transposeOfUnits: Rule = (graph, { operator, inputs: [x], attributes, outputs: [result] }) => {
  if (operator !== 'Transpose' || x === undefined || result === undefined) return undefined;
  const moved = permutation(attributes).filter((axis) => x.shape[axis] !== 1);
  if (moved.some((axis, place) => axis < (moved[place - 1] ?? -1))) return undefined;
  return graph.ops.reshape(x, result.shape);
};

const broadcasting = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Max',
  'Min',
  'Pow',
  'Equal',
  'Greater',
  'Less',
  'GreaterOrEqual',
  'LessOrEqual',
  'Where',
] as const satisfies readonly OperatorName[];

/** A number broadcast by hand before an operator that broadcasts anyway: the number alone does. */
const spreadNumbers: Rule = (graph, { operator, inputs, attributes, outputs: [result] }) => {
  const name = broadcasting.find((each) => each === operator);
  if (name === undefined || result === undefined) return undefined;
  const number = (value: Value): Value | undefined => {
    const uniform = value.shape.length > 0 ? uniformNumber(value) : undefined;
    return uniform === undefined ? undefined : graph.scalar(uniform, value.dtype);
  };
  const index = inputs.findIndex((input, place) => {
    if (number(input) === undefined) return false;
    const others = inputs.filter((_, other) => other !== place).map(({ shape }) => shape);
    return sameShape({ shape: broadcast(...others) }, result);
  });
  if (index < 0) return undefined;
  return graph.apply(
    name,
    inputs.map((input, place) => (place === index ? (number(input) ?? input) : input)),
    attributes,
  );
};

/** Rules for operators that move elements. */
export const movementRules: readonly Rule[] = [reshapeChain, transposeChain, transposeOfUnits, spreadNumbers];
