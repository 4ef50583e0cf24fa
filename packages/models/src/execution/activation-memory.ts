import { layerKinds } from '../connections/connection-spec.ts';
import type { BatchShape } from '../encoder/dropout-masks.ts';
import type { Structure } from '../model/model.ts';
import { solverEvaluations } from '../solvers/solvers.ts';

/**
 * About how many bytes of activations the whole graph of a training step holds at once. An implicit layer counts as
 * all evaluations of its solve, as if each were kept for the backward pass (with `detached` gradients some are not).
 *
 * The factors are fitted to peaks measured with ONNX Runtime 1.30: 3.9 GB for BERT-base at batch 16 and length 128.
 */
export function activationBytes({ config, connection }: Structure, { batch, length }: BatchShape): number {
  const { width, feedForwardWidth, heads } = config;
  const perToken = 26 * width + 4 * feedForwardWidth + 6 * heads * length;
  const { phi, products } = solverEvaluations(connection.solver);
  const evaluations = layerKinds(connection, config.layers).map((kind) =>
    kind === 'implicit' ? 1 + phi + products : 1,
  );
  const total = evaluations.reduce((sum, count) => sum + count, 0);
  return Float32Array.BYTES_PER_ELEMENT * batch * length * perToken * total;
}
