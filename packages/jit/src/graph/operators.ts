import type { Operator } from './operator-rule.ts';
import { elementwiseOperators } from './elementwise-operators.ts';
import { matrixOperators } from './matrix-operators.ts';
import { reductionOperators } from './reduction-operators.ts';
import { shapeOperators } from './shape-operators.ts';

/** Every ONNX operator that a graph may hold, with the rule that gives its outputs' types. */
const operators = {
  ...elementwiseOperators,
  ...matrixOperators,
  ...reductionOperators,
  ...shapeOperators,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/** Looks an operator up. @throws Error for a name that the table lacks (a defect of ours) */
export function operatorOf(name: string): Operator {
  const table: Readonly<Record<string, Operator>> = operators;
  const operator = table[name];
  if (operator === undefined) throw new Error(`graph: no rule for the operator ${name}`);
  return operator;
}
