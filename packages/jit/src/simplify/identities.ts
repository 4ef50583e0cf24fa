import type { Value } from '../graph/value.ts';
import { constantList, isUniform, madeBy, permutation, sameShape } from './patterns.ts';
import type { Rule } from './rewrite.ts';

type Operands = readonly [Value, Value];

function operands(inputs: readonly Value[]): Operands | undefined {
  const [a, b] = inputs;
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** The operand that is the whole result when the other is `neutral` everywhere and broadcasting does not widen it. */
function withoutNeutral(
  [a, b]: Operands,
  result: Value,
  neutral: number,
  either: boolean,
): Value | undefined {
  if (isUniform(b, neutral) && sameShape(a, result)) return a;
  return either && isUniform(a, neutral) && sameShape(b, result) ? b : undefined;
}

/** x + 0, x - 0, x · 1, x / 1 and x¹. (x + 0 turns -0 into 0, which is not kept.) */
const neutralOperand: Rule = (_graph, { operator, inputs, outputs }) => {
  const pair = operands(inputs);
  const [result] = outputs;
  if (pair === undefined || result === undefined) return undefined;
  switch (operator) {
    case 'Add':
      return withoutNeutral(pair, result, 0, true);
    case 'Sub':
      return withoutNeutral(pair, result, 0, false);
    case 'Mul':
      return withoutNeutral(pair, result, 1, true);
    case 'Div':
    case 'Pow':
      return withoutNeutral(pair, result, 1, false);
    default:
      return undefined;
  }
};

/** Operators that give their first input back: same shape, same order, everything kept. */
const unchanged: Rule = (_graph, { operator, inputs, attributes, outputs }) => {
  const [x] = inputs;
  const [result] = outputs;
  if (x === undefined || result === undefined || !sameShape(x, result)) return undefined;
  switch (operator) {
    case 'Identity':
    case 'Reshape':
    case 'Expand':
    case 'Tile':
    case 'Pad':
      return x;
    case 'Slice':
      return constantList(inputs[4])?.every((step) => step > 0) ? x : undefined;
    case 'Concat':
      return inputs.length === 1 ? x : undefined;
    case 'Transpose':
      return permutation(attributes).every((axis, place) => axis === place) ? x : undefined;
    default:
      return undefined;
  }
};

/** -(-x), x + -y, x - -y, -x + y and x · -1. */
const negations: Rule = (graph, { operator, inputs }) => {
  const [a, b] = inputs;
  if (a === undefined) return undefined;
  if (operator === 'Neg') return madeBy(a, 'Neg')?.inputs[0];
  if (b === undefined) return undefined;
  const [minusA, minusB] = [madeBy(a, 'Neg')?.inputs[0], madeBy(b, 'Neg')?.inputs[0]];
  if (operator === 'Add' && minusB !== undefined) return graph.ops.sub(a, minusB);
  if (operator === 'Add' && minusA !== undefined) return graph.ops.sub(b, minusA);
  if (operator === 'Sub' && minusB !== undefined) return graph.ops.add(a, minusB);
  return undefined;
};

/** Rules that drop operators that do nothing. */
export const identityRules: readonly Rule[] = [neutralOperand, unchanged, negations];
