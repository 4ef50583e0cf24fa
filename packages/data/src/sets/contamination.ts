import type { DuckDBConnection } from '@duckdb/node-api';
import { query } from '../store/rows.ts';
import { splitRows } from '../store/schema.ts';

/** How many of a set's examples occur in a task's training data. */
export interface Contamination {
  readonly set: string;
  readonly task: string;
  readonly examples: number;
}

/** Two texts are the same if their first 100 letters and digits are: spaces, case and signs differ between copies of a text. */
const essence = (text: string): string =>
  `left(regexp_replace(lower(${text}), '[^\\p{L}\\p{N}]', '', 'g'), 100)`;
const essenceOfBoth = `${essence('text_a')} || '/' || coalesce(${essence('text_b')}, '')`;

/** Counts anew where a set's or a task's rows are not those that were counted. */
export async function renewContamination(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `delete from contamination where not exists (
       select 1 from sets, digests where name = set_name and digests.task = contamination.task
       and sets.digest = set_digest and digests.digest = task_digest)`,
  );
  const due = await query(
    connection,
    `select distinct task from sets, digests where not exists (
       select 1 from contamination where set_name = name and contamination.task = digests.task)`,
  );
  for (const row of due) await countTask(connection, row.text('task'));
}

/** Counts every set that was not counted against the task; the task's texts are gone through once for all of them. */
async function countTask(connection: DuckDBConnection, task: string): Promise<void> {
  await connection.run(
    `create or replace temp table train_essences as
     select distinct ${essenceOfBoth} as essence from (${splitRows}) where task = $task and split = 'train'`,
    { task },
  );
  await connection.run(
    `insert into contamination
     select name, $task, any_value(sets.digest), any_value(digests.digest), count(essence)
     from sets join digests on task = $task join set_rows on set_name = name
       left join train_essences on essence = ${essenceOfBoth}
     where not exists (select 1 from contamination where set_name = name and contamination.task = $task)
     group by name`,
    { task },
  );
  await connection.run('drop table train_essences');
}

/** What was counted. */
export async function readContamination(connection: DuckDBConnection): Promise<Contamination[]> {
  const rows = await query(connection, 'select set_name, task, examples from contamination order by all');
  return rows.map((row) => ({
    set: row.text('set_name'),
    task: row.text('task'),
    examples: row.number('examples'),
  }));
}
