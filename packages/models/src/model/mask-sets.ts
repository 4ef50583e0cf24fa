import { type ConnectionKind, type ConnectionSpec, layerKinds, solveOf } from '../connections/connections.ts';
import type { SolveOptions } from '../connections/options.ts';
import {
  type BatchShape,
  type DropoutMasks,
  embeddingMaskShape,
  headMaskShapes,
  type LayerMasks,
  layerMaskShapes,
  type MaskShape,
} from '../encoder/dropout-masks.ts';
import type { Structure } from './model.ts';

/** How many sets of masks a layer draws: one, or with fresh masks one for the start and one for each iteration. */
export function maskSetCount(connection: ConnectionSpec, kind: ConnectionKind): number {
  const solve = solveOf(connection, kind);
  return solve?.dropout === 'fresh' ? 1 + solve.solver.iterations : 1;
}

/** Shapes of every mask that one forward pass needs. */
export function dropoutMaskShapes(
  { config, connection }: Structure,
  batch: BatchShape,
): DropoutMasks<MaskShape> {
  const layer = layerMaskShapes(config, batch);
  return {
    embeddings: embeddingMaskShape(config, batch),
    layers: layerKinds(connection, config.layers).map((kind) =>
      Array.from({ length: maskSetCount(connection, kind) }, () => layer),
    ),
    head: headMaskShapes(config, batch),
  };
}

/**
 * The masks of a layer's evaluation: 0 is the explicit start, i + 1 the solver's iteration i. What comes after the last
 * iteration (the end's residual, phantom steps) shares the last one's.
 */
export function masksAt<Leaf>(
  mode: SolveOptions['dropout'] | undefined,
  sets: readonly LayerMasks<Leaf>[] | null,
  evaluation: number,
): LayerMasks<Leaf> | null {
  if (sets === null || (mode === 'off' && evaluation > 0)) return null;
  const index = mode === 'fresh' ? Math.min(evaluation, sets.length - 1) : 0;
  return sets[index] ?? null;
}
