import { uniformNumber } from '../graph/constant.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Attributes, Node, TensorType, Value } from '../graph/value.ts';

/** The node that makes a value as its only result, if it is of this operator. */
export function madeBy(value: Value | undefined, operator: OperatorName): Node | undefined {
  if (value?.origin.kind !== 'node') return undefined;
  const { node } = value.origin;
  return node.operator === operator && node.outputs.length === 1 ? node : undefined;
}

/** Whether two types have the same shape. */
export function sameShape(a: Pick<TensorType, 'shape'>, b: Pick<TensorType, 'shape'>): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}

/** Whether a value is this number in every element. */
export function isUniform(value: Value | undefined, number: number): boolean {
  return value !== undefined && uniformNumber(value) === number;
}

/** A Transpose node's permutation. */
export function permutation(attributes: Attributes): readonly number[] {
  return Array.isArray(attributes.perm) ? attributes.perm.map(Number) : [];
}

/** The list in a constant input. */
export function constantList(value: Value | undefined): readonly number[] | undefined {
  return value?.origin.kind === 'constant' ? Array.from(value.origin.data, Number) : undefined;
}
