import { DuckDBInstance } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import { messageOf } from '../failure.ts';
import { query, type Row } from '../store/rows.ts';
import { type SetFile, withReadable } from './find-set-files.ts';
import type { EvaluationSet } from './set-spec.ts';

/** A row of an evaluation set, as the store keeps it. */
export interface SetRow {
  readonly id: string;
  readonly texts: readonly string[];
  /** Index into the set's labels; null in a set that has none. */
  readonly label: number | null;
  readonly part: string | null;
  readonly pair: string | null;
  readonly group: string | null;
  /** The texts before the change. */
  readonly before: readonly string[] | null;
}

/** A row that is no use, and why. */
export interface BadRow {
  readonly id: string;
  readonly fault: string;
}

const required = ['id', 'text_a'] as const;
const optional = ['text_b', 'label', 'part', 'pair', 'group', 'before_a', 'before_b'] as const;

/** At most this share of a set's rows may be no use. */
const maximumBad = 0.02;

/**
 * Runs a set's query over its files, in a database of its own that can read these files and nothing else.
 * @throws UserError if the query fails, lacks a column, or over 2 % of its rows are no use
 */
export async function readSet(
  set: EvaluationSet,
  files: readonly SetFile[],
): Promise<{ readonly rows: readonly SetRow[]; readonly bad: readonly BadRow[] }> {
  const where = `${set.place} select`;
  const found = await withReadable(files, set.encoding, (places) => run(set, where, places));
  const [rows, bad]: [SetRow[], BadRow[]] = [[], []];
  const ids = new Set<string>();
  for (const [index, row] of found.entries()) {
    const id = row.textOrNull('id') ?? `row ${String(index + 1)}`;
    const read = readRow(row, id, set);
    const result = typeof read !== 'string' && ids.has(id) ? 'an id that another row has' : read;
    if (typeof result === 'string') bad.push({ id, fault: result });
    else rows.push(result);
    ids.add(id);
  }
  if (rows.length > 0 && bad.length <= maximumBad * found.length) return { rows, bad };
  const shown = bad.slice(0, 3).map(({ id, fault }) => `${id}: ${fault}`);
  throw new UserError({
    where,
    expected: `rows with an id of their own, texts and a label (at most ${String(100 * maximumBad)} % others)`,
    got:
      found.length === 0
        ? 'no row'
        : `${String(bad.length)} of ${String(found.length)} others (${shown.join('; ')})`,
  });
}

async function run(set: EvaluationSet, where: string, places: ReadonlyMap<string, string>): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const list = [...places.values()].map((place) => `'${place.replaceAll("'", "''")}'`).join(', ');
    await connection.run(`set allowed_paths = [${list}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    const values = Object.fromEntries(places);
    const source = `from (${set.select})`;
    const described = await query(connection, `describe select * ${source}`, values);
    const columns = checkedColumns(
      described.map((row) => row.text('column_name')),
      set,
      where,
    );
    return await query(connection, `select ${columns.join(', ')} ${source}`, values);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const got = messageOf(error);
    throw new UserError(
      { where, expected: 'a query that DuckDB can run over the files', got },
      { cause: error },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The columns as text, those that the query lacks as null. */
function checkedColumns(found: readonly string[], { labels }: EvaluationSet, where: string): string[] {
  const needed = labels === undefined ? [...required, 'before_a'] : [...required, 'label'];
  const known: readonly string[] = [...required, ...optional];
  if (!needed.every((name) => found.includes(name)) || !found.every((name) => known.includes(name)))
    throw new UserError({
      where,
      expected: `columns ${needed.join(', ')}, and any of ${known.filter((name) => !needed.includes(name)).join(', ')}`,
      got: found.join(', '),
    });
  return known.map((name) =>
    found.includes(name) ? `"${name}"::varchar as "${name}"` : `null as "${name}"`,
  );
}

/** The row, or what is wrong with it. */
function readRow(row: Row, id: string, { labels }: EvaluationSet): SetRow | string {
  const texts = textsOf(row, 'text');
  if (texts === null || texts.some((text) => text.trim() === '')) return 'no text';
  const name = row.textOrNull('label');
  const label = labels === undefined ? null : labelOf(name, labels);
  if (label === -1) return name === null ? 'no label' : `label "${name}"`;
  const [part, pair, group] = ['part', 'pair', 'group'].map((column) => row.textOrNull(column));
  const before = textsOf(row, 'before');
  if (labels === undefined && before === null) return 'no text before the change';
  return { id, texts, label, part: part ?? null, pair: pair ?? null, group: group ?? null, before };
}

function textsOf(row: Row, name: string): readonly string[] | null {
  const [first, second] = [row.textOrNull(`${name}_a`), row.textOrNull(`${name}_b`)];
  if (first === null) return null;
  return second === null ? [first] : [first, second];
}

/** A label is its name, or its place from 0; -1 for anything else. */
function labelOf(name: string | null, labels: readonly string[]): number {
  const byName = labels.indexOf(name ?? '');
  if (byName >= 0 || name === null || !/^\d+$/.test(name)) return byName;
  return Number(name) < labels.length ? Number(name) : -1;
}
