import { UserError } from '@im-bert/core';
import { type KeptModel, KeptModels } from '../run/kept-models.ts';
import { groupBy } from '../store/group-by.ts';
import { RunStore } from '../store/run-store.ts';
import type { SlotRow } from '../store/rows.ts';
import { counted, locations } from './options.ts';
import { bytesOf, formatBytes } from './size.ts';
import { alignColumns } from './text-table.ts';

/** Options of `im-bert models`. */
export interface ModelsOptions {
  readonly runs: string;
  /** For `prune`: most size of what stays. */
  readonly keep?: string;
}

async function places(path: string): Promise<ReadonlyMap<string, readonly SlotRow[]>> {
  const store = await RunStore.read(path);
  try {
    return groupBy((await store?.allSlots()) ?? [], ({ model }) => model);
  } finally {
    store?.close();
  }
}

/** `table3 small: IM-BERT, sst2, seed 1`, and how many places more. */
function placeOf(slots: readonly SlotRow[]): string {
  const [first, ...others] = slots;
  if (first === undefined) return 'in no table now';
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'place')} more`;
  return `${first.experiment} ${first.profile}: ${first.row_name}, ${first.task}, seed ${first.seed}${more}`;
}

function sumOf(models: readonly KeptModel[]): string {
  const bytes = models.reduce((sum, one) => sum + one.bytes, 0);
  return `${counted(models.length, 'model')}, ${formatBytes(bytes)}`;
}

/** `im-bert models`: lists the trained models that are kept, or removes the oldest; results stay in the store. */
export async function modelsCommand(
  action: 'list' | 'prune',
  { runs, keep }: ModelsOptions,
): Promise<number> {
  const { models: folder, store } = locations(runs);
  const kept = new KeptModels(folder);
  if (action === 'prune' && keep === undefined)
    throw new UserError({
      where: 'im-bert models prune',
      expected: '--keep=SIZE, such as 5GB or 0',
      got: 'none',
    });
  const gone = action === 'prune' ? await kept.prune(bytesOf(keep ?? '')) : [];
  const left = await kept.list();
  const slots = await places(store);
  const lines = left.map(({ model, bytes, saved }) => [
    ...[model, formatBytes(bytes), saved.toISOString().slice(0, 16).replace('T', ' ')],
    placeOf(slots.get(model) ?? []),
  ]);
  const table = left.length === 0 ? [] : alignColumns([['model', 'size', 'saved', 'place'], ...lines]);
  const removed = action === 'prune' ? [`Removed ${sumOf(gone)}; their results stay.`] : [];
  process.stdout.write(`${[...table, ...removed, `${sumOf(left)} in ${folder}`].join('\n')}\n`);
  return 0;
}
