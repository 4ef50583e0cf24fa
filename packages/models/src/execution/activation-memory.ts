import { layerKinds, solveOf } from '../connections/connections.ts';
import { gradientOf, type SolveOptions } from '../connections/options.ts';
import type { BatchShape } from '../encoder/dropout-masks.ts';
import { keptEvaluations } from '../gradients/gradients.ts';
import type { Structure } from '../model/model.ts';
import { solverEvaluations } from '../solvers/solvers.ts';

/**
 * About how many bytes of activations the whole graph of a training step holds at once: those that its backward pass
 * reads of each evaluation of a layer, namely 13 states, 2 feed-forward states and 3 attention matrices. For BERT-base
 * at batch 16 and length 128 that is 2 GB, and its step peaks at 2.2 GB beside 1.8 GB of weights, gradients and moments.
 */
export function activationBytes(structure: Structure, { batch, length }: BatchShape): number {
  const { config } = structure;
  const { width, feedForwardWidth, heads } = config;
  const perToken = 13 * width + 2 * feedForwardWidth + 3 * heads * length;
  const kept = sumOverLayers(structure, (solve) =>
    keptEvaluations(gradientOf(solve), solverEvaluations(solve.solver)),
  );
  return Float32Array.BYTES_PER_ELEMENT * batch * length * perToken * kept;
}

/** How many evaluations of a layer, and products with its derivative, the forward pass makes. */
export function layerEvaluations(structure: Structure): number {
  return sumOverLayers(structure, ({ solver }) => {
    const { phi, products } = solverEvaluations(solver);
    return 1 + phi + products;
  });
}

/** Counts 1 for every layer that solves nothing, and for each that does what its solve counts. */
function sumOverLayers({ connection, config }: Structure, counted: (solve: SolveOptions) => number): number {
  return layerKinds(connection, config.layers)
    .map((kind) => {
      const solve = solveOf(connection, kind);
      return solve === undefined ? 1 : counted(solve);
    })
    .reduce((sum, count) => sum + count, 0);
}
