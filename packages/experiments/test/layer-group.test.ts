import { UserError } from '@im-bert/core';
import { placeLayerGroup } from '../src/experiment/layer-group.ts';

test.each([
  ['5-8 of 12', 12, 5, 8],
  ['5-8 of 12', 6, 3, 4],
  ['4-6 of 12', 6, 2, 3],
  ['4-6 of 12', 24, 7, 12],
  ['10-12 of 12', 2, 2, 2],
])('"%s" in an encoder of %i layers is %i to %i', (group, depth, first, last) => {
  expect(placeLayerGroup(group, depth)).toEqual({ first, last, scaled: depth !== 12 });
});

test.each(['4-6', '0-2 of 12', '6-4 of 12', '10-13 of 12'])('"%s" is refused', (group) => {
  expect(() => placeLayerGroup(group, 6)).toThrow(UserError);
});
