import { type ConnectionKind, type ConnectionSpec, layerKinds } from '../connections/connection-spec.ts';
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
export function maskSetCount({ dropout, solver }: ConnectionSpec, kind: ConnectionKind): number {
  return kind === 'implicit' && dropout === 'fresh' ? 1 + solver.iterations : 1;
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
  mode: ConnectionSpec['dropout'],
  sets: readonly LayerMasks<Leaf>[] | null,
  evaluation: number,
): LayerMasks<Leaf> | null {
  if (sets === null || (mode === 'off' && evaluation > 0)) return null;
  const index = mode === 'fresh' ? Math.min(evaluation, sets.length - 1) : 0;
  return sets[index] ?? null;
}
