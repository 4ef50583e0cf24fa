import { elementTexts } from './constant.ts';
import type { Attributes, ConstantData, ElementType, Graph, Node, Value } from './value.ts';

const short: Readonly<Record<ElementType, string>> = {
  float32: 'f32',
  int32: 'i32',
  int64: 'i64',
  bool: 'bool',
};

/** Constants longer than this are printed as a digest, so that equal graphs print equally and others do not. */
const printedValues = 16;

function typeOf(value: Value): string {
  return `${short[value.dtype]}[${value.shape.join(',')}]`;
}

/** The bytes as 16 hexadecimal digits (FNV-1a, 32 bits from two offsets): to tell constants apart, not to guard them. */
function digest({ buffer, byteOffset, byteLength }: ConstantData): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const half = (offset: number): string => {
    const hash = bytes.reduce((state, byte) => Math.imul(state ^ byte, 0x01000193), offset);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  return half(0x811c9dc5) + half(0x050c5d1f);
}

function printConstant(value: Value, data: ConstantData): string {
  if (data.length > printedValues) return `${typeOf(value)}#${digest(data)}`;
  const numbers = elementTexts(data);
  const list = value.shape.length === 0 ? numbers.join() : `[${numbers.join(', ')}]`;
  return value.dtype === 'int64' ? list : `${short[value.dtype]} ${list}`;
}

function printAttributes(attributes: Attributes): string {
  const entries = Object.entries(attributes).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? `[${value.join()}]` : String(value)}`,
  );
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

class Printer {
  readonly #names = new Map<Value, string>();

  name(value: Value): string {
    const { origin } = value;
    if (origin.kind === 'input') return origin.name;
    if (origin.kind === 'constant') return printConstant(value, origin.data);
    return this.#names.get(value) ?? '%?';
  }

  line(node: Node): string {
    for (const output of node.outputs) this.#names.set(output, `%${this.#names.size}`);
    const results = node.outputs.map((output) => `${this.name(output)}: ${typeOf(output)}`).join(', ');
    const inputs = node.inputs.map((input) => this.name(input)).join(', ');
    return `  ${results} = ${node.operator}(${inputs})${printAttributes(node.attributes)}`;
  }
}

/** A graph as text, one node a line; equal programs print equally, whatever values they were traced with. */
export function printGraph(graph: Graph): string {
  const printer = new Printer();
  const inputs = graph.inputs.map((input) => `${printer.name(input)}: ${typeOf(input)}`);
  const lines = graph.nodes.map((node) => printer.line(node));
  const outputs = graph.outputs.map(({ name, value }) => `${name} = ${printer.name(value)}`);
  return [
    `graph ${graph.name}(${inputs.join(', ')}) {`,
    ...lines,
    `  return ${outputs.join(', ')}`,
    '}',
  ].join('\n');
}
