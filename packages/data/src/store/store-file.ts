import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exists, syncFolder, systemFault } from '@im-bert/core';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { codeOf } from '../failure.ts';
import { query } from './rows.ts';
import { copyStore } from './store-copy.ts';
import { foreignStore, heldStore, lockHolder, storeFault } from './store-fault.ts';

/** What a DuckDB file of ours holds. */
export interface StoreKind {
  /** For messages: `a run store`. */
  readonly name: string;
  readonly version: number;
  /** Makes its tables. */
  readonly schema: string;
  /** What to do about a file that is damaged or something else; a full sentence. */
  readonly remedy: string;
}

/** An open DuckDB file. */
export interface StoreFile {
  readonly connection: DuckDBConnection;
  readonly close: () => void;
}

/**
 * The stores that this process writes to. POSIX gives up a process's locks on a file as soon as the process closes any
 * handle of it, so a store must not be opened, nor copied, a second time.
 */
const held = new Set<string>();

function refuseHeld(path: string): void {
  if (held.has(resolve(path))) throw new Error(`${path} is open in this process already`);
}

async function connect(path: string, options: Record<string, string>): Promise<StoreFile> {
  const instance = await DuckDBInstance.create(path, options);
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeEmptyStore(path: string, kind: StoreKind): Promise<void> {
  const { connection, close } = await connect(path, {});
  try {
    await connection.run('create table store_version (version integer not null)');
    await connection.run(`insert into store_version values (${String(kind.version)})`);
    await connection.run(kind.schema);
    await connection.run('checkpoint'); // closing would, too, but without a word when the disk is full
  } finally {
    close();
  }
  await flush(path);
}

const withoutLinks: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** A link, unlike a rename, never replaces the file of a process that was faster; some disks (exFAT) have none. */
async function nameAs(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!withoutLinks.includes(codeOf(error))) throw error;
    await rename(from, to);
  }
}

/** Makes an empty store, whole or not at all: under another name first. (DuckDB itself truncates before it locks.) */
async function makeStore(path: string, kind: StoreKind): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const neighbour = `${path}.${randomUUID()}.partial`;
  try {
    await writeEmptyStore(neighbour, kind);
    await nameAs(neighbour, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!(await exists(path))) throw error;
  } finally {
    for (const end of ['', '.wal']) await rm(`${neighbour}${end}`, { force: true });
  }
}

/** Removes what processes left that were killed while they made the store. */
async function removePartial(path: string): Promise<void> {
  const folder = dirname(path);
  const left = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(path)}.`) && /\.partial(\.wal)?$/.test(name),
  );
  for (const name of left) await rm(join(folder, name), { force: true });
}

async function checkVersion(path: string, { connection }: StoreFile, kind: StoreKind): Promise<void> {
  const named = `select 1 from duckdb_tables() where table_name = 'store_version'`;
  if ((await query(connection, named)).length === 0)
    throw foreignStore(path, kind, 'a DuckDB file without one');
  const [row] = await query(connection, 'select version from store_version');
  const version = row?.number('version');
  if (version !== kind.version)
    throw foreignStore(path, kind, version === undefined ? 'no version' : `version ${String(version)}`);
}

async function checked(path: string, kind: StoreKind, opened: Promise<StoreFile>): Promise<StoreFile> {
  const file = await opened;
  try {
    await checkVersion(path, file, kind);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function hold(path: string, { connection, close }: StoreFile): StoreFile {
  const key = resolve(path);
  held.add(key);
  return {
    connection,
    close: () => {
      close();
      held.delete(key);
    },
  };
}

/**
 * Opens a store for writing, and makes it if need be. No other process can write to it until this one closes it or ends,
 * however it ends: the system's own lock on the file says so, which a process that is stopped (SIGSTOP) keeps.
 * @throws UserError if another process has it open, or it is damaged, of another version or no store of ours
 */
export async function openStoreFile(path: string, kind: StoreKind): Promise<StoreFile> {
  refuseHeld(path);
  try {
    if (!(await exists(path))) await makeStore(path, kind);
    const file = await checked(path, kind, connect(path, {}));
    await removePartial(path);
    return hold(path, file);
  } catch (error) {
    const holder = lockHolder(error);
    throw holder === undefined ? storeFault(path, kind, error) : heldStore(path, holder);
  }
}

/**
 * Opens a copy of a store as it is now, for reading, whether or not a process writes to the store; undefined if there is
 * none. Nothing is written to it, nor locked.
 * @throws UserError if it is damaged, of another version or no store of ours
 */
export async function readStoreFile(path: string, kind: StoreKind): Promise<StoreFile | undefined> {
  refuseHeld(path);
  if (!(await exists(path))) return undefined;
  try {
    const copy = await copyStore(path);
    try {
      const file = await checked(path, kind, connect(copy.path, { access_mode: 'READ_ONLY' }));
      return {
        connection: file.connection,
        close: () => {
          file.close();
          copy.remove();
        },
      };
    } catch (error) {
      copy.remove();
      throw error;
    }
  } catch (error) {
    throw systemFault(error) ?? storeFault(path, kind, error); // a fault may be the copy's
  }
}
