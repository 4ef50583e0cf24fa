import { UserError } from '@im-bert/core';

const pattern = /^(\d+)-(\d+) of (\d+)$/;

/** What a layer group looks like in a table: layers counted from 1, both ends included, "of" the depth it was chosen for. */
export const layerGroupPattern = pattern;

/** A group of layers as placed in an encoder. */
export interface PlacedGroup {
  /** First and last layer, counted from 1. */
  readonly first: number;
  readonly last: number;
  /** True if the encoder's depth is not the one the group was written for. */
  readonly scaled: boolean;
}

/**
 * Places a group such as `4-6 of 12` in an encoder of another depth: the same share of the depth, rounded outwards so
 * that it never gets empty. `5-8 of 12` is layers 3-4 of 6; `4-6 of 12` is layers 2-3 of 6 and 7-12 of 24.
 * @throws UserError if the text is no group or the group does not fit in its own depth
 */
export function placeLayerGroup(group: string, depth: number): PlacedGroup {
  const [, first, last, of] = (pattern.exec(group) ?? []).map(Number);
  if (first === undefined || last === undefined || of === undefined || first < 1 || last < first || last > of)
    throw new UserError({
      where: 'layerGroup',
      expected: 'a group like "5-8 of 12", first layer 1 or more and last layer not above the depth',
      got: `"${group}"`,
    });
  const scale = depth / of;
  return {
    first: Math.floor((first - 1) * scale) + 1,
    last: Math.max(Math.ceil(last * scale), Math.floor((first - 1) * scale) + 1),
    scaled: depth !== of,
  };
}
