import { floatTensor, type FloatTensor, intTensor } from '@im-bert/core';
import { type EncoderInputs, openSafetensors } from '@im-bert/models';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const table = z.array(z.array(z.number()));

const expectedSchema = z.object({
  input_ids: table,
  token_type_ids: table,
  attention_mask: table,
  labels: z.array(z.number()),
  logits: table,
  logits_with_dropout: table,
});

/** Where a committed fixture lies; `tools/parity` made them all with PyTorch. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** A batch with its labels. */
export interface LabelledInputs extends EncoderInputs {
  readonly labels: readonly number[];
}

/** What PyTorch was given, and what it said. */
export interface Expected {
  readonly inputs: LabelledInputs;
  /** [B][C] */
  readonly logits: readonly (readonly number[])[];
  /** The same in training mode, with masks by the rule of `ruledMasks`. */
  readonly logitsWithDropout: readonly (readonly number[])[];
}

/** The batch and the logits that belong to a checkpoint fixture. */
export async function expectedOf(name: string): Promise<Expected> {
  const raw: unknown = JSON.parse(await readFile(fixture(`${name}/expected.json`), 'utf8'));
  const { input_ids, token_type_ids, attention_mask, labels, ...outputs } = expectedSchema.parse(raw);
  const shape = [input_ids.length, input_ids[0]?.length ?? 0];
  return {
    inputs: {
      ids: intTensor(Int32Array.from(input_ids.flat()), shape),
      typeIds: intTensor(Int32Array.from(token_type_ids.flat()), shape),
      mask: floatTensor(Float32Array.from(attention_mask.flat()), shape),
      labels,
    },
    logits: outputs.logits,
    logitsWithDropout: outputs.logits_with_dropout,
  };
}

/** Every tensor of a safetensors file. */
export async function readAll(path: string): Promise<Record<string, FloatTensor>> {
  const file = await openSafetensors(path);
  try {
    const tensors: Record<string, FloatTensor> = {};
    for (const name of file.entries.keys()) tensors[name] = await file.read(name);
    return tensors;
  } finally {
    await file.close();
  }
}
