import { sizeOf } from '@im-bert/core/tensor';
import { scalarData, uniformNumber } from '../graph/constant.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { ConstantData, Node, Value } from '../graph/value.ts';
import type { Rule } from './rewrite.ts';

/** Results longer than this are left to ONNX Runtime: folding them here would swell the file. */
const largestFolded = 64;

const unary: Readonly<Partial<Record<OperatorName, (x: number) => number>>> = {
  Abs: Math.abs,
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Cast: (x) => x,
};

const binary: Readonly<Partial<Record<OperatorName, (a: number, b: number) => number>>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** The number that an operator gives for uniform float operands; float32 arithmetic is exact-then-rounded, so doubles do. */
function folded(node: Node): number | undefined {
  const [a, b] = node.inputs.map((input) =>
    input.dtype === 'float32' || node.operator === 'Cast' ? uniformNumber(input) : undefined,
  );
  const one = unary[node.operator];
  if (one !== undefined) return a === undefined ? undefined : one(a);
  const two = binary[node.operator];
  return two === undefined || a === undefined || b === undefined ? undefined : two(a, b);
}

/** Arithmetic on numbers: sqrt(64), 1 / n, and the like. */
const arithmetic: Rule = (graph, node) => {
  const [result] = node.outputs;
  const value = folded(node);
  if (value === undefined || result === undefined || sizeOf(result.shape) === 0) return undefined;
  const isExact = result.dtype === 'float32' || Number.isInteger(value);
  if (!isExact) return undefined;
  const number = graph.constant(result.dtype, [], scalarData(value, result.dtype));
  return result.shape.length === 0 ? number : graph.ops.expand(number, result.shape);
};

function reshaped(value: Value): ConstantData | undefined {
  return value.origin.kind === 'constant' && value.origin.data.length <= largestFolded
    ? value.origin.data
    : undefined;
}

/** A reshaped constant is a constant. */
const constantShape: Rule = (graph, { operator, inputs: [x], outputs: [result] }) => {
  if (operator !== 'Reshape' || x === undefined || result === undefined) return undefined;
  const data = reshaped(x);
  return data === undefined ? undefined : graph.constant(result.dtype, result.shape, data);
};

/** A number that is broadcast in two steps is broadcast in one. */
const expandChain: Rule = (graph, { operator, inputs: [x], outputs: [result] }) => {
  if (!['Expand', 'Reshape', 'Tile'].includes(operator) || x?.origin.kind !== 'node' || result === undefined)
    return undefined;
  const value = uniformNumber(x);
  if (value === undefined || result.shape.length === 0) return undefined;
  return graph.ops.expand(graph.scalar(value, x.dtype), result.shape);
};

/** Rules that compute what is known before the program runs. */
export const constantRules: readonly Rule[] = [arithmetic, constantShape, expandChain];
