import { sizeOf } from '@im-bert/core/tensor';
import { elementTexts, scalarData } from './constant.ts';
import { type Operations, operationsOf } from './operations.ts';
import { operatorOf, type OperatorName } from './operators.ts';
import type { Attributes, ConstantData, ElementType, Graph, Node, Output, Value } from './value.ts';

/** Constants up to this many elements are shared when equal. */
const sharedSize = 64;

function constantKey(dtype: ElementType, shape: readonly number[], data: ConstantData): string {
  return `${dtype}[${shape.join()}]${elementTexts(data).join()}`;
}

/** Grows a graph node by node; types of results come from the operators' rules. */
export class GraphBuilder {
  /** Arithmetic on this graph's values. */
  readonly ops: Operations = operationsOf(this);
  readonly #name: string;
  readonly #inputs: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Value>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds an argument of the program. */
  input(name: string, dtype: ElementType, shape: readonly number[]): Value {
    const value: Value = { dtype, shape, origin: { kind: 'input', name } };
    this.#inputs.push(value);
    return value;
  }

  /** Keeps an input that another graph made: rewriting passes share inputs with the graph they read. */
  adoptInput(value: Value): void {
    this.#inputs.push(value);
  }

  /** A constant over `data` (not copied). @throws RangeError if the length does not fit the shape */
  constant(dtype: ElementType, shape: readonly number[], data: ConstantData): Value {
    if (data.length !== sizeOf(shape))
      throw new RangeError(`constant of shape [${shape.join(', ')}]: got ${data.length} values`);
    const make = (): Value => ({ dtype, shape, origin: { kind: 'constant', data } });
    if (data.length > sharedSize) return make();
    const key = constantKey(dtype, shape, data);
    const known = this.#constants.get(key) ?? make();
    this.#constants.set(key, known);
    return known;
  }

  /** A list of int64 constants: a shape, axes or positions. */
  integers(values: readonly number[]): Value {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A scalar constant, rounded to `dtype`. */
  scalar(value: number, dtype: ElementType = 'float32'): Value {
    return this.constant(dtype, [], scalarData(value, dtype));
  }

  /** Applies an operator of one result (or takes the first of several). @throws Error if the inputs do not fit it */
  apply(operator: OperatorName, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const [first] = this.applyAll(operator, inputs, attributes);
    if (first === undefined) throw new Error(`graph: ${operator} has no result`);
    return first;
  }

  /** Applies an operator and gives all its results. @throws Error if the inputs do not fit it */
  applyAll(operator: OperatorName, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] {
    const outputs: Value[] = [];
    const node: Node = { operator, inputs, attributes, outputs };
    this.#types(operator, inputs, attributes).forEach((type, index) => {
      outputs.push({ ...type, origin: { kind: 'node', node, index } });
    });
    this.#nodes.push(node);
    return outputs;
  }

  #types(operator: OperatorName, inputs: readonly Value[], attributes: Attributes) {
    try {
      return operatorOf(operator).infer(inputs, attributes);
    } catch (error) {
      const types = inputs.map((input) => `${input.dtype}[${input.shape.join(', ')}]`).join(', ');
      throw new Error(`graph "${this.#name}": ${operator}(${types}): ${String(error)}`, { cause: error });
    }
  }

  /** The finished graph. */
  build(outputs: readonly Output[]): Graph {
    return { name: this.#name, inputs: this.#inputs, nodes: this.#nodes, outputs };
  }
}
