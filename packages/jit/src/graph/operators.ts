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

/** What the graph must know of an operator. */
export function operatorOf(name: OperatorName): Operator {
  return operators[name];
}
