import type { DuckDBConnection } from '@duckdb/node-api';
import { systemFault, UserError } from '@im-bert/core';
import { messageOf } from '../failure.ts';
import type { TaskSpec } from '../tasks.ts';
import { query } from './rows.ts';

/**
 * Reads a hub's parquet file into `rows`; ids are `<prefix>/<idx>`, or the row's place where the file has no idx.
 * @throws UserError if the file is damaged, lacks a column, or holds a label outside the task's, no text, or an idx twice
 */
export async function loadParquet(
  connection: DuckDBConnection,
  file: { readonly path: string; readonly place: string; readonly prefix: string },
  spec: Pick<TaskSpec, 'columns' | 'labels'>,
): Promise<void> {
  const columns = await columnsOf(connection, file.place);
  checkColumns(file.place, columns, spec.columns);
  const [first, second] = spec.columns;
  const index = columns.has('idx') ? 'idx' : 'file_row_number';
  const source = `select file_row_number as position, ${index} as idx, "${first}" as text_a,
    ${second === undefined ? 'null' : `"${second}"`} as text_b, label from read_parquet($place, file_row_number = true)`;
  const isPair = second !== undefined;
  await refuseBadRows(connection, source, file.place, spec.labels.length, isPair);
  await connection
    .run(
      `insert into rows select $path, '', position, $prefix || '/' || idx, text_a, text_b, label, null, null from (${source})`,
      { path: file.path, prefix: file.prefix, place: file.place },
    )
    .catch((error: unknown) => {
      throw damaged(file.place, error);
    });
}

const wholeNumbers: readonly string[] = [
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
];

/** @throws UserError if a column is missing or of another type than texts, labels and indices have */
function checkColumns(place: string, columns: ReadonlyMap<string, string>, texts: readonly string[]): void {
  const needed = [...texts, 'label'];
  if (!needed.every((name) => columns.has(name)))
    throw new UserError({
      where: place,
      expected: `columns ${needed.join(', ')}`,
      got: [...columns.keys()].join(', '),
    });
  for (const [name, type] of columns) {
    const isText = texts.includes(name);
    if (isText ? type === 'VARCHAR' : !['label', 'idx'].includes(name) || wholeNumbers.includes(type))
      continue;
    throw new UserError({
      where: `${place} ${name}`,
      expected: isText ? 'text' : 'whole numbers',
      got: type,
    });
  }
}

/** Columns and their types. */
async function columnsOf(connection: DuckDBConnection, place: string): Promise<Map<string, string>> {
  try {
    const rows = await query(connection, 'describe select * from read_parquet($place)', { place });
    return new Map(rows.map((row) => [row.text('column_name'), row.text('column_type')]));
  } catch (error) {
    throw damaged(place, error);
  }
}

function damaged(place: string, error: unknown): UserError {
  const fault = systemFault(error, place);
  if (fault !== undefined) return fault;
  const got = `a damaged one (${messageOf(error)})`;
  return new UserError(
    { where: place, expected: 'a parquet file', got, remedy: 'Fetch it again.' },
    { cause: error },
  );
}

async function refuseBadRows(
  connection: DuckDBConnection,
  source: string,
  place: string,
  labels: number,
  isPair: boolean,
): Promise<void> {
  const bad = await query(
    connection,
    `select position, cast(label as text) as label, count(*) over () as bad from (${source})
     where label is null or label not in (select unnest(range(${String(labels)}))) or text_a is null
       ${isPair ? 'or text_b is null' : ''} or idx is null order by position limit 1`,
    { place },
  ).catch((error: unknown) => {
    throw damaged(place, error);
  });
  const [row] = bad;
  if (row === undefined) return refuseRepeatedRows(connection, source, place);
  const label = row.textOrNull('label') ?? 'none';
  throw new UserError({
    where: place,
    expected: `texts and a label from 0 to ${String(labels - 1)} in every row`,
    got: `label ${label} in row ${String(row.number('position'))} (${String(row.number('bad'))} such rows)`,
  });
}

/** Ids come from `idx`, so a damaged one would stand for two rows. */
async function refuseRepeatedRows(
  connection: DuckDBConnection,
  source: string,
  place: string,
): Promise<void> {
  const repeated = await query(
    connection,
    `select cast(idx as text) as idx from (${source}) group by idx having count(*) > 1 limit 1`,
    { place },
  );
  const [row] = repeated;
  if (row !== undefined)
    throw new UserError({ where: place, expected: 'every idx once', got: `${row.text('idx')} in two rows` });
}
