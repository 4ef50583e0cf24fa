import { type BoolTensor, boolTensor, sizeOf } from '@im-bert/core';
import type { DropoutMasks, HeadMasks, LayerMasks, MaskShape } from '../encoder/dropout-masks.ts';
import type { DropoutSource } from './types.ts';

/**
 * Masks by site, such as `0.attention` (first set of a layer) or `pooled`. Flat, because a graph's arguments have no
 * place for the masks that are absent.
 */
export type SiteMasks<Leaf> = Readonly<Record<string, Leaf>>;

const layerSites = ['attention', 'attentionOutput', 'feedForwardOutput'] as const;
const headSites = ['features', 'pooled'] as const;

function present<Leaf>(entries: readonly (readonly [string, Leaf | null])[]): SiteMasks<Leaf> {
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Leaf] => entry[1] !== null));
}

/** The masks of a layer's sets by site. */
function layerMasksBySite<Leaf>(sets: readonly LayerMasks<Leaf>[]): SiteMasks<Leaf> {
  return present(
    sets.flatMap((set, index) => layerSites.map((site) => [`${index}.${site}`, set[site]] as const)),
  );
}

/** A layer's sets of masks from its sites; null if it has no mask at all. */
export function layerMasksFromSites<Leaf>(masks: SiteMasks<Leaf>): readonly LayerMasks<Leaf>[] | null {
  const sets = new Set(Object.keys(masks).map((site) => site.split('.')[0]));
  if (sets.size === 0) return null;
  return Array.from(sets, (_, index) => ({
    attention: masks[`${index}.attention`] ?? null,
    attentionOutput: masks[`${index}.attentionOutput`] ?? null,
    feedForwardOutput: masks[`${index}.feedForwardOutput`] ?? null,
  }));
}

/** The head's masks from its sites. */
export function headMasksFromSites<Leaf>(masks: SiteMasks<Leaf>): HeadMasks<Leaf> {
  return { features: masks['features'] ?? null, pooled: masks['pooled'] ?? null };
}

/** The masks of a forward pass, by the graph that they enter. */
export interface PassMasks<Leaf> {
  readonly embeddings: SiteMasks<Leaf>;
  readonly layers: readonly SiteMasks<Leaf>[];
  readonly head: SiteMasks<Leaf>;
}

/** Draws the masks of a forward pass; none without a source. */
export function drawMasks(
  shapes: DropoutMasks<MaskShape>,
  source: DropoutSource | null,
): PassMasks<BoolTensor> {
  const draw = (masks: SiteMasks<MaskShape>, place: string): SiteMasks<BoolTensor> =>
    source === null
      ? {}
      : Object.fromEntries(
          Object.entries(masks).map(([site, { shape, keepProbability }]) => [
            site,
            boolTensor(source.mask(`${place}${site}`, sizeOf(shape), keepProbability), shape),
          ]),
        );
  return {
    embeddings: draw(present([['embeddings', shapes.embeddings]]), ''),
    layers: shapes.layers.map((sets, index) => draw(layerMasksBySite(sets), `layers.${index}.`)),
    head: draw(present(headSites.map((site) => [site, shapes.head[site]])), 'head.'),
  };
}

/** The masks of a forward pass as the classifier takes them. */
export function dropoutMasksFromSites<Leaf>({
  embeddings,
  layers,
  head,
}: PassMasks<Leaf>): DropoutMasks<Leaf> {
  return {
    embeddings: embeddings['embeddings'] ?? null,
    layers: layers.map((masks) => layerMasksFromSites(masks) ?? []),
    head: headMasksFromSites(head),
  };
}

/** The masks of a forward pass, each replaced. */
export function mapPassMasks<From, To>(
  { embeddings, layers, head }: PassMasks<From>,
  replace: (mask: From) => To,
): PassMasks<To> {
  return {
    embeddings: mapSiteMasks(embeddings, replace),
    layers: layers.map((masks) => mapSiteMasks(masks, replace)),
    head: mapSiteMasks(head, replace),
  };
}

/** The masks of one graph, each replaced. */
export function mapSiteMasks<From, To>(masks: SiteMasks<From>, replace: (mask: From) => To): SiteMasks<To> {
  return Object.fromEntries(Object.entries(masks).map(([site, mask]) => [site, replace(mask)]));
}
