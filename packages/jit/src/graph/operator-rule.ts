import type { Attributes, ElementType, TensorType, Value } from './value.ts';

/** What the graph must know of one ONNX operator. */
export interface Operator {
  /** Operator set: '' is ai.onnx, the default. */
  readonly domain?: 'com.microsoft';
  /** Attributes that ONNX stores as floats. */
  readonly floats?: readonly string[];
  /** Attributes that every node of this operator has. */
  readonly always?: Attributes;
  /** Types of the outputs. @throws Error if the inputs do not fit the operator */
  readonly infer: (inputs: readonly Value[], attributes: Attributes) => readonly TensorType[];
}

/** The input at a position. @throws Error if the node has fewer */
export function at(inputs: readonly Value[], index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw new Error(`expected at least ${index + 1} inputs, got ${inputs.length}`);
  return value;
}

/** The values of a constant int64 or int32 input, such as a shape. @throws Error if it is not a constant */
export function constantIntegers(value: Value): readonly number[] {
  if (value.origin.kind !== 'constant') throw new Error('expected a constant shape or index list');
  return Array.from(value.origin.data, Number);
}

/** An integer attribute. @throws Error if it is absent or not a number */
export function integer(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`expected the integer attribute ${name}`);
  return value;
}

/** A list attribute. @throws Error if it is absent or not a list */
export function integers(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value)) throw new Error(`expected the list attribute ${name}`);
  return value.map(Number);
}

/** NumPy broadcasting. @throws Error if the shapes do not go together */
export function broadcast(...shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + axis] ?? 1).filter((size) => size !== 1);
    const size = sizes[0] ?? 1;
    if (sizes.some((other) => other !== size))
      throw new Error(`shapes [${shapes.join('] and [')}] do not broadcast`);
    return size;
  });
}

/** Checks element types. @throws Error if a value has another type than those allowed */
export function expectTypes(values: readonly Value[], ...allowed: readonly ElementType[]): void {
  for (const value of values)
    if (!allowed.includes(value.dtype))
      throw new Error(`expected ${allowed.join(' or ')}, got ${value.dtype}`);
}

/** Checks that all values share one element type. @throws Error if they do not */
export function expectSameType(values: readonly Value[]): ElementType {
  const { dtype } = at(values, 0);
  expectTypes(values, dtype);
  return dtype;
}
