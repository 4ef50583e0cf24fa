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
  const tables = Object.entries(await rowsOf(join(runs, 'runs.duckdb')));
  const rows = tables.flatMap(([table, all]) => all.map((row) => `${table} ${JSON.stringify(row)}`));
  const files = [];
  for (const name of ['models', 'cells', 'attacks'])
    for (const [path, digest] of Object.entries(await digestsOf(join(runs, name))))
      files.push(`${name}/${path} ${digest}`);
  return [...rows, ...files];
}

function without(lines, others) {
  const counts = new Map();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

/** @throws an error that has every difference in its `details` */
export function expectSame(expected, got) {
  const [lost, added] = [without(expected, got), without(got, expected)];
  if (lost.length + added.length === 0) return;
  const message = `other results: ${lost.length} rows or files are not there, ${added.length} should not be`;
  const details = [...lost.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  throw Object.assign(new Error(message), { details });
}

/** What lies about in the folder that nothing will use. */
export async function leftovers(folder, isLeft = (name) => name.includes('.partial')) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter(isLeft);
}
