import type { GraphBuilder } from './builder.ts';
import { binaryOperators, unaryOperators } from './elementwise-operators.ts';
import type { OperatorName } from './operators.ts';
import type { Value } from './value.ts';

/** A value, or a number of the other operands' type. */
type Operand = Value | number;

type Unary = { readonly [Name in keyof typeof unaryOperators as Uncapitalize<Name>]: (x: Value) => Value };
type Binary = {
  readonly [Name in keyof typeof binaryOperators as Uncapitalize<Name>]: (a: Operand, b: Operand) => Value;
};

/** What a graph can compute, written as arithmetic: `mul(x, 0.5)`. */
export interface Operations extends Unary, Binary {
  /** a where the condition holds, else b. */
  readonly where: (condition: Value, a: Operand, b: Operand) => Value;
  readonly matMul: (a: Value, b: Value) => Value;
  readonly reshape: (x: Value, shape: readonly number[]) => Value;
  /** x broadcast to a shape. */
  readonly expand: (x: Value, shape: readonly number[]) => Value;
  readonly transpose: (x: Value, perm: readonly number[]) => Value;
}

/** Two operands of one type: numbers take the type of the value beside them, or are floats. */
function alike(graph: GraphBuilder, a: Operand, b: Operand): readonly [Value, Value] {
  const value = [a, b].find((operand) => typeof operand !== 'number');
  const lift = (operand: Operand): Value =>
    typeof operand === 'number' ? graph.scalar(operand, value?.dtype) : operand;
  return [lift(a), lift(b)];
}

function named<Name extends OperatorName, Call>(
  names: Readonly<Record<Name, unknown>>,
  call: (name: OperatorName) => Call,
): Readonly<Record<Uncapitalize<Name>, Call>> {
  const entries = (Object.keys(names) as Name[]).map(
    (name) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, call(name)] as const,
  );
  return Object.fromEntries(entries) as Record<Uncapitalize<Name>, Call>;
}

/** The operations of a graph under construction; each adds a node. */
export function operationsOf(graph: GraphBuilder): Operations {
  return {
    ...named(unaryOperators, (name) => (x: Value) => graph.apply(name, [x])),
    ...named(binaryOperators, (name) => (a: Operand, b: Operand) => graph.apply(name, alike(graph, a, b))),
    where: (condition, a, b) => graph.apply('Where', [condition, ...alike(graph, a, b)]),
    matMul: (a, b) => graph.apply('MatMul', [a, b]),
    reshape: (x, shape) => graph.apply('Reshape', [x, graph.integers(shape)]),
    expand: (x, shape) => graph.apply('Expand', [x, graph.integers(shape)]),
    transpose: (x, perm) => graph.apply('Transpose', [x], { perm }),
  };
}
