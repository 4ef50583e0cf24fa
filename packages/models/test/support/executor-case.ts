import { floatTensor, intTensor } from '@im-bert/core';
import {
  connectionSchema,
  type FamilyName,
  type LabelledInputs,
  type Model,
  randomModel,
} from '@im-bert/models';
import type { z } from 'zod';
import { tinyConfig } from './tiny.ts';

export type Connection = z.input<typeof connectionSchema>;

export const labels = 3;
export const [rows, length] = [3, 5];

/** A tiny classifier with random weights. */
export function model(connection: Connection, family: FamilyName = 'bert'): Model {
  return randomModel(
    { config: { ...tinyConfig, family }, connection: connectionSchema.parse(connection), labels },
    1,
  );
}

/** Three rows, the second one padded, the third one a filler; the token 3 stands in several places. */
export const batch: LabelledInputs = {
  ids: intTensor(Int32Array.of(2, 3, 4, 3, 5, 2, 3, 7, 0, 0, 2, 9, 9, 9, 5), [rows, length]),
  typeIds: intTensor(Int32Array.of(0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1), [rows, length]),
  mask: floatTensor(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1), [rows, length]),
  labels: intTensor(Int32Array.of(2, 0, 1), [rows]),
  weights: floatTensor(Float32Array.of(1, 1, 0), [rows]),
};
