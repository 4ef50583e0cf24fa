import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node, Value } from '../graph/value.ts';

/** One rewriting rule: the value that replaces the node's result, or undefined where it does not apply. */
export type Rule = (graph: GraphBuilder, node: Node) => Value | undefined;

/** A rewritten graph, and how often a rule was applied. */
export interface Rewritten {
  readonly graph: Graph;
  readonly applied: number;
}

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

/** Numbers values and recognises a node that computes what an earlier one did. */
class SeenNodes {
  readonly #numbers = new Map<Value, number>();
  readonly #results = new Map<string, readonly Value[]>();

  #number(value: Value): number {
    const number = this.#numbers.get(value) ?? this.#numbers.size;
    this.#numbers.set(value, number);
    return number;
  }

  key({ operator, inputs, attributes }: Node): string {
    const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${operator}(${inputs.map((input) => this.#number(input)).join()})${JSON.stringify(sorted)}`;
  }

  results(key: string): readonly Value[] | undefined {
    return this.#results.get(key);
  }

  remember(key: string, results: readonly Value[]): void {
    this.#results.set(key, results);
  }
}

/**
 * Copies the graph node by node, its dead nodes left out. The first rule that applies to a node takes its place; a node
 * that was there before is not made again.
 */
export function rewrite(graph: Graph, rules: readonly Rule[]): Rewritten {
  const builder = new GraphBuilder(graph.name);
  const seen = new SeenNodes();
  const replaced = new Map<Value, Value>();
  let applied = 0;
  const now = (value: Value): Value =>
    value.origin.kind === 'constant'
      ? builder.constant(value.dtype, value.shape, value.origin.data)
      : (replaced.get(value) ?? value);
  for (const input of graph.inputs) builder.adoptInput(input);
  for (const node of live(graph)) {
    const current = { ...node, inputs: node.inputs.map(now) };
    const value = firstThatApplies(builder, current, rules);
    if (value !== undefined) applied += 1;
    const results = value === undefined ? madeOnce(builder, seen, current) : [value];
    node.outputs.forEach((output, index) => replaced.set(output, results[index] ?? output));
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: now(value) }));
  return { graph: builder.build(outputs), applied };
}

/** Rules are for nodes of one result. */
function firstThatApplies(builder: GraphBuilder, node: Node, rules: readonly Rule[]): Value | undefined {
  if (node.outputs.length !== 1) return undefined;
  for (const rule of rules) {
    const value = rule(builder, node);
    if (value !== undefined) return value;
  }
  return undefined;
}

function madeOnce(builder: GraphBuilder, seen: SeenNodes, node: Node): readonly Value[] {
  const key = seen.key(node);
  const results = seen.results(key) ?? builder.applyAll(node.operator, node.inputs, node.attributes);
  seen.remember(key, results);
  return results;
}
