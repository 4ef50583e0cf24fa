import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import type { Example, Texts } from '../example.ts';
import { levels } from '../example.ts';
import type { Hub } from '../hub/hub.ts';
import { Unreachable } from '../hub/refusals.ts';
import { type Task, tasks } from '../tasks.ts';
import { renewContamination } from '../sets/contamination.ts';
import type { EvaluationSet } from '../sets/set-spec.ts';
import { readSetStatus, type SetStatus } from '../sets/set-status.ts';
import { keyOf, readSetDigests, readSetExamples, type SetExample, storeSet } from '../sets/set-store.ts';
import { findTaskFiles, type Split, type SplitSource } from './find-files.ts';
import { loadFile } from './load-file.ts';
import { query, type Row } from './rows.ts';
import { dataStore, digestOfTask, splitRows } from './schema.ts';
import { readStatus, type SplitStatus } from './status.ts';
import { openStoreFile, readStoreFile, type StoreFile } from './store-file.ts';
import { storeFault } from './store-fault.ts';

/** Real data in one DuckDB file, each row with its file's path and hash. */
export interface DataReader {
  /** A split's examples in the order of their file. @throws UserError if the store does not have it */
  examples(task: Task, split: Split): Promise<Example[]>;
  /** Hex SHA-256 of the task's examples, the same for the same rows of any source. @throws UserError if not there */
  digest(task: Task): string;
  /** What is there and what is not: one row for each split of each task. */
  status(): Promise<SplitStatus[]>;
  /** An evaluation set's examples in the order of their ids. @throws UserError if the store does not have it */
  setExamples(set: Pick<EvaluationSet, 'name'>): Promise<SetExample[]>;
  /** Hex SHA-256 of an evaluation set's rows; undefined if the store lacks it, or has it of another definition. */
  setDigest(set: Pick<EvaluationSet, 'name' | 'definition'>): string | undefined;
  /** The evaluation sets that are there. */
  setStatus(): Promise<SetStatus[]>;
  close(): void;
}

/** The same, for one process at a time, which may fill it. */
export interface DataStore extends DataReader {
  /**
   * Reads a task's files where the store lacks them or has others; all of it or nothing. What the store holds stays as
   * it is where the hub cannot be reached.
   * @returns whether anything had to be read
   * @throws UserError if a file is missing or no use
   */
  ensure(task: Task, hub: Hub): Promise<boolean>;
  /** The same of an evaluation set. */
  ensureSet(set: EvaluationSet, hub: Hub): Promise<boolean>;
}

/** Errors that are the disk's or the file's become mistakes with their place and remedy. */
async function guarded<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw storeFault(path, dataStore, error);
  }
}

/** What identifies the rows that the store holds. */
interface Digests {
  readonly tasks: Map<string, string>;
  readonly sets: Map<string, string>;
}

async function readDigests(connection: DuckDBConnection): Promise<Digests> {
  const rows = await query(connection, 'select task, digest from digests');
  const tasks = new Map(rows.map((row) => [row.text('task'), row.text('digest')]));
  return { tasks, sets: await readSetDigests(connection) };
}

function readerOver(path: string, { connection, close }: StoreFile, digests: Digests): DataReader {
  return {
    examples: (task, split) => guarded(path, readExamples(connection, task, split)),
    digest: (task) => digests.tasks.get(task) ?? absent(task),
    status: () => guarded(path, readStatus(connection)),
    setExamples: ({ name }) => guarded(path, readSetExamples(connection, name)),
    setDigest: ({ name, definition }) => digests.sets.get(keyOf(name, definition)),
    setStatus: () => guarded(path, readSetStatus(connection)),
    close,
  };
}

/** The file's digests; closes it if they cannot be read. */
async function digestsOf(path: string, file: StoreFile): Promise<Digests> {
  try {
    return await guarded(path, readDigests(file.connection));
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Opens a store, or makes it. @throws UserError if another process has it open or the file is something else */
export async function openDataStore(path: string): Promise<DataStore> {
  const file = await openStoreFile(path, dataStore);
  const digests = await digestsOf(path, file);
  return {
    ...readerOver(path, file, digests),
    ensure: (task, hub) => guarded(path, ensure(file.connection, digests.tasks, task, hub)),
    ensureSet: (set, hub) => guarded(path, ensureSet(file.connection, digests.sets, set, hub)),
  };
}

/** Opens a store as it is now, whether or not a process fills it; undefined if there is none. @throws UserError if it is damaged */
export async function readDataStore(path: string): Promise<DataReader | undefined> {
  const file = await readStoreFile(path, dataStore);
  return file === undefined ? undefined : readerOver(path, file, await digestsOf(path, file));
}

function absent(what: string): never {
  throw new UserError({
    where: what,
    expected: 'data in the store',
    got: 'none',
    remedy: 'Fetch it first (im-bert data ensure), or see what is there (im-bert data status).',
  });
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
  const { changed, renewed } = await inTransaction(connection, async () => {
    const files = await loadSources(connection, task, sources);
    const tasksRenewed = await renewDigests(connection, task, files);
    await renewContamination(connection);
    return { changed: files, renewed: tasksRenewed };
  });
  for (const [name, digest] of renewed) digests.set(name, digest);
  return changed.length > 0;
}

async function inTransaction<Result>(
  connection: DuckDBConnection,
  work: () => Promise<Result>,
): Promise<Result> {
  await connection.run('begin');
  try {
    const result = await work();
    await connection.run('commit');
    return result;
  } catch (error) {
    await connection.run('rollback').catch(() => undefined); // a store that broke down has rolled back itself
    throw error;
  }
}

async function ensureSet(
  connection: DuckDBConnection,
  digests: Map<string, string>,
  set: EvaluationSet,
  hub: Hub,
): Promise<boolean> {
  const key = keyOf(set.name, set.definition);
  try {
    const { digest, changed } = await inTransaction(connection, () => storeSet(connection, set, hub));
    digests.set(key, digest);
    return changed;
  } catch (error) {
    if (error instanceof Unreachable && digests.has(key)) return false;
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
