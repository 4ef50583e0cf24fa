import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@im-bert/core';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { z } from 'zod';

/** DuckDB's words when another process has the file open: `... Conflicting lock is held in /usr/bin/node (PID 12)...`. */
const lockPattern = /Conflicting lock is held in .*?\(PID (\d+)\)/;

function openingError(path: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const holder = lockPattern.exec(message)?.[1];
  if (holder !== undefined)
    return new UserError({
      where: path,
      expected: 'a store that no other process has open',
      got: `one held by process ${holder}`,
      remedy: 'Wait until that run has ended, or give another folder with --runs.',
    });
  const [line = ''] = message.split('\n');
  return new UserError(
    {
      where: path,
      expected: 'a DuckDB file of ours',
      got: line,
      remedy: 'Move the file away, or give another folder with --runs.',
    },
    { cause: error },
  );
}

/** True if there is something at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One DuckDB file with one connection: statements, typed queries and bulk appends. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * Opens (and, for writing, creates) the file.
   * @throws UserError if another process holds it, or if it is no DuckDB file
   */
  static async open(path: string, mode: 'write' | 'read'): Promise<Database> {
    if (mode === 'write') await mkdir(dirname(path), { recursive: true });
    try {
      const instance = await DuckDBInstance.create(path, mode === 'read' ? { access_mode: 'READ_ONLY' } : {});
      return new Database(instance, await instance.connect());
    } catch (error) {
      throw openingError(path, error);
    }
  }

  async run(sql: string, values: readonly DuckDBValue[] = []): Promise<void> {
    await this.#connection.run(sql, [...values]);
  }

  /** The rows of a query, each checked against `schema`. */
  async query<Row>(schema: z.ZodType<Row>, sql: string, values: readonly DuckDBValue[] = []): Promise<Row[]> {
    const reader = await this.#connection.runAndReadAll(sql, [...values]);
    return reader.getRowObjectsJS().map((row) => schema.parse(row));
  }

  /** Appends rows in bulk; `write` appends the columns of one row. */
  async append<Item>(
    table: string,
    items: Iterable<Item>,
    write: (row: DuckDBAppender, item: Item) => void,
  ): Promise<void> {
    const appender = await this.#connection.createAppender(table);
    for (const item of items) {
      write(appender, item);
      appender.endRow();
    }
    appender.closeSync();
  }

  /** Runs `body` in one transaction: all of it is kept, or, if it throws or the process dies, none. */
  async transaction(body: () => Promise<void>): Promise<void> {
    await this.run('begin');
    try {
      await body();
    } catch (error) {
      await this.run('rollback');
      throw error;
    }
    await this.run('commit');
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
