import { type ConnectionKind, type ConnectionSpec, solveOf } from '../connections/connections.ts';
import { gradientOf } from '../connections/options.ts';
import { trainingPasses } from '../gradients/gradients.ts';
import { solverEvaluations } from '../solvers/solvers.ts';

/**
 * What one layer of a kind costs, in evaluations of the layer: in a forward pass and in a training pass, where a backward
 * pass through an evaluation counts as two and a product with the layer's Jacobian as one.
 */
export function layerPasses(
  spec: ConnectionSpec,
  kind: ConnectionKind,
): { readonly forward: number; readonly training: number } {
  const solve = solveOf(spec, kind);
  if (solve === undefined) return { forward: 1, training: 3 };
  const evaluations = solverEvaluations(solve.solver);
  const forward = 1 + evaluations.phi + evaluations.products;
  return { forward, training: forward + trainingPasses(gradientOf(solve), evaluations) };
}
