import { elementTypeCodes } from '../graph/elementwise-operators.ts';
import { operatorOf } from '../graph/operators.ts';
import type { Attributes, ConstantData, Graph, Node, TensorType, Value } from '../graph/value.ts';
import { Message } from './protobuf.ts';

/** Field numbers and enum values are those of onnx.proto3 (github.com/onnx/onnx). */
const irVersion = 10;
const opset = 20;
const attributeTypes = { float: 1, integer: 2, text: 3, integers: 7 } as const;

class Names {
  readonly #names = new Map<Value, string>();
  readonly constants: { readonly name: string; readonly value: Value; readonly data: ConstantData }[] = [];

  give(value: Value, name: string): void {
    this.#names.set(value, name);
  }

  of(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { origin } = value;
    if (origin.kind === 'input') return origin.name;
    const name = `${origin.kind === 'constant' ? 'c' : 't'}${this.#names.size}`;
    this.#names.set(value, name);
    if (origin.kind === 'constant') this.constants.push({ name, value, data: origin.data });
    return name;
  }
}

function attribute(name: string, value: Attributes[string], isFloat: boolean): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number')
    return isFloat
      ? message.float(2, value).integer(20, attributeTypes.float)
      : message.integer(3, value).integer(20, attributeTypes.integer);
  if (typeof value === 'string') return message.text(4, value).integer(20, attributeTypes.text);
  for (const item of value) message.integer(8, item);
  return message.integer(20, attributeTypes.integers);
}

/** Results that nothing uses are left out, so that ONNX Runtime does not compute them. */
function resultNames(node: Node, names: Names, used: ReadonlySet<Value>): readonly string[] {
  const last = node.outputs.findLastIndex((output) => used.has(output));
  return node.outputs.slice(0, last + 1).map((output) => (used.has(output) ? names.of(output) : ''));
}

function nodeMessage(node: Node, names: Names, used: ReadonlySet<Value>): Message {
  const message = new Message();
  for (const input of node.inputs) message.text(1, names.of(input));
  for (const name of resultNames(node, names, used)) message.text(2, name);
  message.text(4, node.operator);
  const { floats, domain, always } = operatorOf(node.operator);
  for (const [name, value] of Object.entries({ ...always, ...node.attributes }))
    message.message(5, attribute(name, value, floats?.includes(name) ?? false));
  return domain === undefined ? message : message.text(7, domain);
}

function tensorMessage(name: string, { dtype, shape }: TensorType, data: ConstantData): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // little-endian, as this machine must be
  return message.integer(2, elementTypeCodes[dtype]).text(8, name).bytes(9, raw);
}

function valueInfo(name: string, { dtype, shape }: TensorType): Message {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(1, new Message().integer(1, size));
  const tensor = new Message().integer(1, elementTypeCodes[dtype]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/**
 * Names the outputs. A value that is an input or a constant, or is given out twice, passes through an Identity node,
 * because an ONNX graph makes each of its outputs once.
 */
function nameOutputs(graph: Graph, names: Names): readonly Message[] {
  const taken = new Set<Value>();
  const copies: Message[] = [];
  for (const { name, value } of graph.outputs) {
    if (value.origin.kind === 'node' && !taken.has(value)) names.give(value, name);
    else copies.push(new Message().text(1, names.of(value)).text(2, name).text(4, 'Identity'));
    taken.add(value);
  }
  return copies;
}

/** The graph as an ONNX model (opset 20, and com.microsoft where fused operators are used), ready to save or to run. */
export function writeModel(graph: Graph): Uint8Array {
  const names = new Names();
  const used = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ]);
  const copies = nameOutputs(graph, names);
  const body = new Message();
  for (const node of graph.nodes) body.message(1, nodeMessage(node, names, used));
  for (const copy of copies) body.message(1, copy);
  body.text(2, graph.name);
  for (const { name, value, data } of names.constants) body.message(5, tensorMessage(name, value, data));
  for (const input of graph.inputs) body.message(11, valueInfo(names.of(input), input));
  for (const { name, value } of graph.outputs) body.message(12, valueInfo(name, value));
  const fused = graph.nodes.some((node) => operatorOf(node.operator).domain !== undefined);
  const model = new Message().integer(1, irVersion).text(2, '@im-bert/jit').message(7, body);
  model.message(8, new Message().text(1, '').integer(2, opset));
  if (fused) model.message(8, new Message().text(1, 'com.microsoft').integer(2, 1));
  return model.finish();
}
