import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Columns that say when, where and how long: they differ from run to run. `invocations` has a row for each command. */
const circumstances = /^(started|finished|planned|seconds|versions|commit_id|machine|loaded_at)$/;
const circumstantialTables = ['invocations'];

async function rowsOf(path) {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const read = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  const rows = {};
  for (const { name } of await read('select table_name as name from duckdb_tables() order by name')) {
    if (circumstantialTables.includes(name)) continue;
    const all = await read(`select * from "${name}" order by all`);
    rows[name] = all.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !circumstances.test(column))),
    );
  }
  connection.closeSync();
  instance.closeSync();
  return rows;
}

async function digestsOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const digests = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return [path.slice(folder.length + 1), digest];
    }),
  );
  return Object.fromEntries(digests.sort());
}

/** All that a runs' folder holds and that depends on nothing but the experiment: every row, every kept file. */
export async function contents(folder) {
  const runs = join(folder, 'runs');
  return JSON.stringify(
    {
      runs: await rowsOf(join(runs, 'runs.duckdb')),
      models: await digestsOf(join(runs, 'models')),
      cells: await digestsOf(join(runs, 'cells')),
      attacks: await digestsOf(join(runs, 'attacks')),
    },
    undefined,
    1,
  );
}

/** The first line in which two contents differ. */
export function difference(expected, got) {
  const [left, right] = [expected.split('\n'), got.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return `expected ${left[at]?.trim() ?? 'the end'}, got ${right[at]?.trim() ?? 'the end'} (line ${at + 1})`;
}

/** What lies about that nothing will use. */
export async function leftovers(folder) {
  const names = await readdir(join(folder, 'runs'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes('.partial'));
}
