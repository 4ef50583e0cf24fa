import { verifyGraph } from '../graph/verify.ts';
import type { Graph } from '../graph/value.ts';
import { castRules } from './casts.ts';
import { constantRules } from './constants.ts';
import { identityRules } from './identities.ts';
import { movementRules } from './movements.ts';
import { productRules } from './products.ts';
import { rewrite } from './rewrite.ts';

const rules = [...identityRules, ...castRules, ...movementRules, ...constantRules, ...productRules];

/** Each pass sees what the one before made; chains this long do not occur. */
const mostPasses = 8;

/**
 * An equal program with less in it: without nodes that do nothing, that nothing needs or that repeat another, with
 * chains of casts, reshapes and transposes made one, and with arithmetic on constants done.
 */
export function simplify(graph: Graph): Graph {
  let result = graph;
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const { graph: next, applied } = rewrite(result, rules);
    verifyGraph(next);
    const done = applied === 0 && next.nodes.length === result.nodes.length;
    result = next;
    if (done) break;
  }
  return result;
}
