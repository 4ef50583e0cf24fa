import { bert } from './bert.ts';
import type { EncoderFamily } from './family.ts';
import { mpnet } from './mpnet.ts';
import { roberta } from './roberta.ts';

/** The families by the `model_type` of their config.json. */
const table = { bert, roberta, mpnet } satisfies Record<string, EncoderFamily>;

export type FamilyName = keyof typeof table;

export const familyNames = Object.keys(table) as readonly FamilyName[];

/** What sets a configuration's family apart. */
export function familyOf({ family }: { readonly family: FamilyName }): EncoderFamily {
  return table[family];
}
