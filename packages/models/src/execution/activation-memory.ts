import { layerKinds } from '../connections/connection-spec.ts';
import type { BatchShape } from '../encoder/dropout-masks.ts';
import type { Structure } from '../model/model.ts';
import { solverEvaluations } from '../solvers/solvers.ts';

/**
 * About how many bytes of activations the whole graph of a training step holds at once. An implicit layer counts as
 * all evaluations of its solve, as if each were kept for the backward pass (with `detached` gradients some are not).
 *
 * The factors count what a layer's backward pass reads: 13 states, 2 feed-forward states, 3 attention matrices. For
 * BERT-base at batch 16 and length 128 that is 2 GB, and its step peaks at 2.2 GB beside 1.8 GB of weights, gradients
 * and moments.
 */
export function activationBytes({ config, connection }: Structure, { batch, length }: BatchShape): number {
  const { width, feedForwardWidth, heads } = config;
  const perToken = 13 * width + 2 * feedForwardWidth + 3 * heads * length;
  const { phi, products } = solverEvaluations(connection.solver);
  const evaluations = layerKinds(connection, config.layers).map((kind) =>
    kind === 'implicit' ? 1 + phi + products : 1,
  );
  const total = evaluations.reduce((sum, count) => sum + count, 0);
  return Float32Array.BYTES_PER_ELEMENT * batch * length * perToken * total;
}
