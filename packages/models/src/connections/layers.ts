import { UserError } from '@im-bert/core';
import { z } from 'zod';

type Range = readonly [first: number, last: number];

/** First and last layer of each range in text such as `1-3, 7`. */
function rangesOf(text: string): readonly Range[] {
  return text.split(',').map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return [first, last];
  });
}

/** Layers of an encoder, counted from 1. */
export const layersSchema = z.union([
  z
    .string()
    .regex(/^all$|^\d+(-\d+)?(, ?\d+(-\d+)?)*$/, 'all, a range such as 4-6, or a list of layers from 1')
    .refine((text) => text === 'all' || rangesOf(text).every(([first, last]) => first <= last), {
      message: 'ranges that ascend, such as 4-6',
    }),
  z.array(z.int().positive()).min(1),
]);

type Layers = z.output<typeof layersSchema>;

/**
 * Whether each layer is chosen, first layer first.
 * @param depth number of layers
 * @throws UserError if a layer is named that does not exist
 */
export function chosenLayers(layers: Layers, depth: number): readonly boolean[] {
  const ranges = chosenRanges(layers, depth);
  const outside = ranges.flat().find((layer) => layer < 1 || layer > depth);
  if (outside !== undefined)
    throw new UserError({
      where: 'connection.layers',
      expected: `layers from 1 to ${depth}`,
      got: `${typeof layers === 'string' ? layers : layers.join(', ')}, which names layer ${outside}`,
    });
  return Array.from({ length: depth }, (_, index) =>
    ranges.some(([first, last]) => first <= index + 1 && index + 1 <= last),
  );
}

function chosenRanges(layers: Layers, depth: number): readonly Range[] {
  if (typeof layers !== 'string') return layers.map((layer) => [layer, layer]);
  return layers === 'all' ? [[1, depth]] : rangesOf(layers);
}
