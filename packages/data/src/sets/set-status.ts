import type { DuckDBConnection } from '@duckdb/node-api';
import { query } from '../store/rows.ts';
import { type Contamination, readContamination } from './contamination.ts';

/** What the store holds of an evaluation set. */
export interface SetStatus {
  readonly name: string;
  /** Of the set's file when it was read. */
  readonly definition: string;
  readonly rows: number;
  /** Rows that were left out: without text, with an unknown label or the id of another. */
  readonly bad: number;
  /** The first of them. */
  readonly badRows: readonly { readonly id: string; readonly fault: string }[];
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    /** `folder`, `cache` or `network` for the hub's, `own` for a user's. */
    readonly origin: string;
  }[];
  /** ISO time, UTC. */
  readonly loadedAt: string;
  /** By task that is loaded. */
  readonly contamination: readonly Contamination[];
}

/** The sets that the store holds, by name. */
export async function readSetStatus(connection: DuckDBConnection): Promise<SetStatus[]> {
  const sets = await query(connection, 'select * from sets order by name');
  const files = await query(connection, 'select * from set_files order by set_name, file');
  const bad = await query(connection, 'select * from bad_rows order by rowid');
  const contamination = await readContamination(connection);
  return sets.map((row) => {
    const name = row.text('name');
    return {
      name,
      definition: row.text('definition'),
      rows: row.number('row_count'),
      bad: row.number('bad'),
      badRows: bad
        .filter((one) => one.text('set_name') === name)
        .map((one) => ({ id: one.text('id'), fault: one.text('fault') })),
      files: files
        .filter((one) => one.text('set_name') === name)
        .map((one) => ({
          path: one.text('path'),
          sha256: one.text('sha256'),
          origin: one.text('origin'),
        })),
      loadedAt: row.text('loaded_at'),
      contamination: contamination.filter(({ set }) => set === name),
    };
  });
}
