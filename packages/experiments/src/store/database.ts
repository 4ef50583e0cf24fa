import { openStoreFile, readStoreFile, type StoreFile, storeFault, type StoreKind } from '@im-bert/data';
import type { DuckDBAppender, DuckDBValue } from '@duckdb/node-api';
import type { z } from 'zod';

/** One DuckDB file with one connection: statements, typed queries and bulk appends. Faults of disk and file are mistakes. */
export class Database {
  readonly path: string;
  readonly #kind: StoreKind;
  readonly #file: StoreFile;

  private constructor(path: string, kind: StoreKind, file: StoreFile) {
    this.path = path;
    this.#kind = kind;
    this.#file = file;
  }

  /** Opens (and, if need be, makes) the file for writing. @throws UserError if another process holds it, or if it is no use */
  static async open(path: string, kind: StoreKind): Promise<Database> {
    return new Database(path, kind, await openStoreFile(path, kind));
  }

  /** Opens a copy of the file as it is now; undefined if there is none. @throws UserError if it is no use */
  static async read(path: string, kind: StoreKind): Promise<Database | undefined> {
    const file = await readStoreFile(path, kind);
    return file === undefined ? undefined : new Database(path, kind, file);
  }

  async run(sql: string, values: readonly DuckDBValue[] = []): Promise<void> {
    await this.#guarded(async () => this.#file.connection.run(sql, [...values]));
  }

  /** The rows of a query, each checked against `schema`. */
  async query<Row>(schema: z.ZodType<Row>, sql: string, values: readonly DuckDBValue[] = []): Promise<Row[]> {
    const reader = await this.#guarded(async () => this.#file.connection.runAndReadAll(sql, [...values]));
    return reader.getRowObjectsJS().map((row) => schema.parse(row));
  }

  /** Appends rows in bulk; `write` appends the columns of one row. */
  async append<Item>(
    table: string,
    items: Iterable<Item>,
    write: (row: DuckDBAppender, item: Item) => void,
  ): Promise<void> {
    await this.#guarded(async () => {
      const appender = await this.#file.connection.createAppender(table);
      for (const item of items) {
        write(appender, item);
        appender.endRow();
      }
      appender.closeSync();
    });
  }

  /** Runs `body` in one transaction: all of it is kept, or, if it throws or the process dies, none. */
  async transaction(body: () => Promise<void>): Promise<void> {
    await this.run('begin');
    try {
      await body();
      await this.run('commit');
    } catch (error) {
      await this.run('rollback').catch(() => undefined); // a commit that failed has rolled back itself
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw storeFault(this.path, this.#kind, error);
    }
  }
}
