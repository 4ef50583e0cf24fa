import type { OperatorName } from './operators.ts';

/** Element types inside a graph: the host's three, and int64 for the shapes and indices that ONNX asks for. */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';

/** What is known of a value before it is computed; shapes are static. */
export interface TensorType {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** A constant's values, row-major: bools as bytes. */
export type ConstantData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** Where a value comes from. */
type Origin =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

/** One tensor of a graph (static single assignment: made once, never changed). */
export interface Value extends TensorType {
  readonly origin: Origin;
}

/** A node's attributes: numbers are ONNX ints unless the operator's table says float. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** One ONNX operator applied to values. */
export interface Node {
  readonly operator: OperatorName;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

/** A named result of a graph. */
export interface Output {
  readonly name: string;
  readonly value: Value;
}

/** A program: nodes in an order in which every value is made before it is used. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Output[];
}
