import { verifyGraph } from '../graph/verify.ts';
import type { Graph } from '../graph/value.ts';
import { rewrite } from './rewrite.ts';

/** An equal program with less in it. */
export function simplify(graph: Graph): Graph {
  const result = rewrite(graph, []);
  verifyGraph(result);
  return result;
}
