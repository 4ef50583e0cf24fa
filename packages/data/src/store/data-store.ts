import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import type { Example, Texts } from '../example.ts';
import { levels } from '../example.ts';
import { messageOf } from '../failure.ts';
import type { Hub } from '../hub/hub.ts';
import { Unreachable } from '../hub/request.ts';
import { type Task, tasks } from '../tasks.ts';
import { findTaskFiles, type Split, type SplitSource } from './find-files.ts';
import { loadFile } from './load-file.ts';
import { query, type Row } from './rows.ts';
import { createTables, digestOfTask, splitRows } from './schema.ts';
import { readStatus, type SplitStatus } from './status.ts';

/** Real data in one DuckDB file, each row with its file's path and hash. One process at a time. */
export interface DataStore {
  /**
   * Reads a task's files where the store lacks them or has others; all of it or nothing. What the store holds stays as
   * it is where the hub cannot be reached.
   * @returns whether anything had to be read
   * @throws UserError if a file is missing or no use
   */
  ensure(task: Task, hub: Hub): Promise<boolean>;
  /** A split's examples in the order of their file. @throws UserError if the store does not have it */
  examples(task: Task, split: Split): Promise<Example[]>;
  /** Hex SHA-256 of the task's examples, the same for the same rows of any source. @throws UserError if not there */
  digest(task: Task): string;
  /** What is there and what is not: one row for each split of each task. */
  status(): Promise<SplitStatus[]>;
  close(): void;
}

/** Opens a store, or makes it. @throws UserError if another process has it open or the file is something else */
export async function openDataStore(path: string): Promise<DataStore> {
  const instance = await openInstance(path);
  const connection = await instance.connect();
  await connection.run(createTables);
  const digests = new Map<string, string>();
  for (const row of await query(connection, 'select task, digest from digests'))
    digests.set(row.text('task'), row.text('digest'));
  return {
    ensure: (task, hub) => ensure(connection, digests, task, hub),
    examples: (task, split) => readExamples(connection, task, split),
    digest: (task) => digests.get(task) ?? absent(task),
    status: () => readStatus(connection),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function absent(what: string): never {
  throw new UserError({
    where: what,
    expected: 'data in the store',
    got: 'none',
    remedy: 'Fetch it first (im-bert data ensure), or see what is there (im-bert data status).',
  });
}

async function openInstance(path: string): Promise<DuckDBInstance> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await DuckDBInstance.create(path);
  } catch (error) {
    const message = messageOf(error);
    const isLocked = /lock/i.test(message);
    throw new UserError(
      {
        where: path,
        expected: 'a data store that can be opened',
        got: isLocked ? 'one that another process has open' : message,
        remedy: isLocked
          ? 'Wait for that process, or name another file.'
          : 'Delete it, and it is made again.',
      },
      { cause: error },
    );
  }
}

async function ensure(
  connection: DuckDBConnection,
  digests: Map<string, string>,
  task: Task,
  hub: Hub,
): Promise<boolean> {
  const sources = await findTaskFiles(task, hub).catch((error: unknown) => {
    if (error instanceof Unreachable && digests.has(task)) return undefined;
    throw error;
  });
  if (sources === undefined) return false;
  await connection.run('begin');
  try {
    const changed = await loadSources(connection, task, sources);
    const renewed = await renewDigests(connection, task, changed);
    await connection.run('commit');
    for (const [name, digest] of renewed) digests.set(name, digest);
    return changed.length > 0;
  } catch (error) {
    await connection.run('rollback');
    throw error;
  }
}

/** Reads what is new and notes what the splits read. Returns the paths of the files that were read. */
async function loadSources(
  connection: DuckDBConnection,
  task: Task,
  sources: readonly SplitSource[],
): Promise<string[]> {
  const files = new Map(sources.map(({ file }) => [file.path, file]));
  const changed: string[] = [];
  for (const file of files.values()) {
    if (await loadFile(connection, file, tasks[task])) changed.push(file.path);
  }
  await connection.run('delete from splits where task = $task', { task });
  for (const { split, file, section, part } of sources)
    await connection.run('insert into splits values ($task, $split, $path, $section, $part)', {
      task,
      split,
      path: file.path,
      section,
      part,
    });
  return changed;
}

/** The digests of the task and of every other that reads a changed file. */
async function renewDigests(
  connection: DuckDBConnection,
  task: Task,
  changed: readonly string[],
): Promise<Map<string, string>> {
  const touched = await query(connection, 'select distinct task, path from splits');
  const names = new Set([
    task,
    ...touched.filter((row) => changed.includes(row.text('path'))).map((row) => row.text('task')),
  ]);
  const renewed = new Map<string, string>();
  for (const name of names) {
    const [row] = await query(connection, digestOfTask, { task: name });
    const digest = row?.text('digest') ?? '';
    await connection.run('insert or replace into digests values ($task, $digest)', { task: name, digest });
    renewed.set(name, digest);
  }
  return renewed;
}

async function readExamples(connection: DuckDBConnection, task: Task, split: Split): Promise<Example[]> {
  const rows = await query(
    connection,
    `select read.*, originals.text_a as original_a, originals.text_b as original_b
      from (${splitRows}) as read left join originals using (path, section, position)
      where task = $task and split = $split order by position`,
    { task, split },
  );
  return rows.length === 0 ? absent(`${task} ${split}`) : rows.map(exampleOf);
}

function exampleOf(row: Row): Example {
  const original = row.textOrNull('original_a');
  const name = row.textOrNull('level');
  const level = levels.find((known) => known === name);
  const method = row.textOrNull('method');
  return {
    id: row.text('id'),
    texts: textsOf(row.text('text_a'), row.textOrNull('text_b')),
    label: row.number('label'),
    ...(level === undefined ? {} : { level }),
    ...(method === null ? {} : { method }),
    ...(original === null ? {} : { original: textsOf(original, row.textOrNull('original_b')) }),
  };
}

function textsOf(first: string, second: string | null): Texts {
  return second === null ? [first] : [first, second];
}
