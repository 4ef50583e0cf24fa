import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node, Value } from '../graph/value.ts';

/** One rewriting rule: the value that replaces the node's first result, or undefined where it does not apply. */
export type Rule = (graph: GraphBuilder, node: Node) => Value | undefined;

/** Nodes that an output needs, in order. */
function live(graph: Graph): readonly Node[] {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return kept.reverse();
}

/** Copies the graph node by node, dead ones left out, with the first rule that applies to a node taking its place. */
export function rewrite(graph: Graph, rules: readonly Rule[]): Graph {
  const builder = new GraphBuilder(graph.name);
  const replaced = new Map<Value, Value>();
  const now = (value: Value): Value => {
    if (value.origin.kind === 'constant')
      return builder.constant(value.dtype, value.shape, value.origin.data);
    return replaced.get(value) ?? value;
  };
  for (const input of graph.inputs) builder.adoptInput(input);
  for (const node of live(graph))
    copyNode(builder, { ...node, inputs: node.inputs.map(now) }, node.outputs, rules, replaced);
  return builder.build(graph.outputs.map(({ name, value }) => ({ name, value: now(value) })));
}

function copyNode(
  builder: GraphBuilder,
  node: Node,
  originals: readonly Value[],
  rules: readonly Rule[],
  replaced: Map<Value, Value>,
): void {
  for (const rule of node.outputs.length === 1 ? rules : []) {
    const value = rule(builder, node);
    if (value === undefined) continue;
    for (const original of originals) replaced.set(original, value);
    return;
  }
  const results = builder.applyAll(node.operator, node.inputs, node.attributes);
  originals.forEach((original, index) => {
    const result = results[index];
    if (result !== undefined) replaced.set(original, result);
  });
}
