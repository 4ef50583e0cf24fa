import { operatorOf } from './operators.ts';
import type { Graph, Node, TensorType, Value } from './value.ts';

function same(a: TensorType, b: TensorType | undefined): boolean {
  return a.dtype === b?.dtype && a.shape.join() === b.shape.join();
}

function problemOf(node: Node, known: ReadonlySet<Value>): string | undefined {
  if (node.inputs.some((input) => input.origin.kind !== 'constant' && !known.has(input)))
    return 'uses a value before it is made';
  const types = operatorOf(node.operator).infer(node.inputs, node.attributes);
  if (types.length !== node.outputs.length) return `has ${node.outputs.length} results, not ${types.length}`;
  const wrong = node.outputs.findIndex((output, index) => !same(output, types[index]));
  if (wrong >= 0) return `result ${wrong} has not the type that its inputs give`;
  const made = node.outputs.findIndex(
    ({ origin }, index) => origin.kind !== 'node' || origin.node !== node || origin.index !== index,
  );
  return made >= 0 ? `result ${made} says that it comes from elsewhere` : undefined;
}

/**
 * Checks that every value is made once and before its use, that types follow from the operators' rules, and that names
 * of inputs and outputs are unique. Run after recording and after every pass.
 * @throws Error naming the node; such an error is a defect of this package
 */
export function verifyGraph(graph: Graph): void {
  const known = new Set<Value>(graph.inputs);
  graph.nodes.forEach((node, position) => {
    const problem = problemOf(node, known);
    if (problem !== undefined)
      throw new Error(`graph "${graph.name}" node ${position} (${node.operator}) ${problem}`);
    for (const output of node.outputs) known.add(output);
  });
  for (const { name, value } of graph.outputs)
    if (value.origin.kind !== 'constant' && !known.has(value))
      throw new Error(`graph "${graph.name}" output ${name} is not made by it`);
  const names = [
    ...graph.inputs.map(({ origin }) => (origin.kind === 'input' ? origin.name : '')),
    ...graph.outputs.map(({ name }) => name),
  ];
  if (new Set(names).size !== names.length)
    throw new Error(`graph "${graph.name}" has two inputs or outputs of one name`);
}
