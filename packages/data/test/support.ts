import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Hub, resolveHub, type Texts } from '@im-bert/data';

/** Place of a committed fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

export async function readJson<Value>(path: string): Promise<Value> {
  return JSON.parse(await readFile(path, 'utf8')) as Value;
}

/** The real hub folder, if the environment names one. */
export const realFolder = process.env['IM_BERT_TEST_HUB'];

/** A test on real data: skipped, and called so, where IM_BERT_TEST_HUB names no hub folder. */
export function realTest(name: string, run: () => Promise<void>): void {
  if (realFolder === undefined) test.skip(`${name} (skipped: IM_BERT_TEST_HUB names no folder)`, run);
  else test(name, run, 60_000);
}

export function realHub(): Hub {
  return resolveHub({ folder: realFolder ?? '' });
}

/** Rows of text columns, or expressions over them, of a hub file. */
export async function realTexts(path: string, columns: readonly string[], count: number): Promise<Texts[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const place = await realHub().file(path);
  const list = columns.join(', ');
  const reader = await connection.runAndReadAll(`select ${list} from '${place}' limit ${String(count)}`);
  const rows = reader.getRows().map((row) => row.map(String));
  connection.closeSync();
  instance.closeSync();
  return rows.map(([first = '', second]) => (second === undefined ? [first] : [first, second]));
}

export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `im-bert-${name}-`));
}

/** Writes a parquet file that holds the rows of a SQL query. */
export async function writeParquet(place: string, sql: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${sql}) to '${place}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}
