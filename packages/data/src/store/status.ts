import type { DuckDBConnection } from '@duckdb/node-api';
import { type Task, taskNames, tasks } from '../tasks.ts';
import { type Split, splits } from './find-files.ts';
import { query, type Row } from './rows.ts';
import { splitRows } from './schema.ts';

/** What the store holds of a split. */
export interface SplitStatus {
  readonly task: Task;
  readonly split: Split;
  /** null: not in the store. */
  readonly content: SplitContent | null;
}

export interface SplitContent {
  readonly rows: number;
  /** The file, in the layout of the hub. */
  readonly source: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** `folder`, `cache` or `network`, when it was read. */
  readonly origin: string;
  /** ISO time, UTC. */
  readonly loadedAt: string;
  /** Whether it is a part of train that plays validation, for want of a validation file. */
  readonly heldOut: boolean;
}

/** One row for each split of each task, there or not; IMDB has no adversarial ones. */
export async function readStatus(connection: DuckDBConnection): Promise<SplitStatus[]> {
  const found = await query(
    connection,
    `select splits.task, splits.split, splits.path, splits.part = 'held-out' as held_out, files.sha256, files.origin,
       files.loaded_at, counts.row_count
     from splits join files using (path)
       join (select task, split, count(*) as row_count from (${splitRows}) group by all) counts using (task, split)`,
  );
  return allSplits((task, split) => {
    const row = found.find((one) => one.text('task') === task && one.text('split') === split);
    return row === undefined ? null : contentOf(row);
  });
}

/** The status of a store that is not there. */
export function noData(): SplitStatus[] {
  return allSplits(() => null);
}

function allSplits(content: (task: Task, split: Split) => SplitContent | null): SplitStatus[] {
  return taskNames.flatMap((task) =>
    splits
      .filter((split) => tasks[task].advGlue !== null || !split.startsWith('adversarial'))
      .map((split) => ({ task, split, content: content(task, split) })),
  );
}

function contentOf(row: Row): SplitContent {
  return {
    rows: row.number('row_count'),
    source: row.text('path'),
    sha256: row.text('sha256'),
    origin: row.text('origin'),
    loadedAt: row.text('loaded_at'),
    heldOut: row.flag('held_out'),
  };
}
