import { rm, stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import { sha256OfFile } from '../hub/file-hash.ts';
import type { HubFile } from '../hub/source.ts';
import type { TaskSpec } from '../tasks.ts';
import { type AdvGlueRow, insertAdvGlue, readAdvGlue } from './adv-glue.ts';
import { loadParquet } from './parquet.ts';
import { query } from './rows.ts';
import { readerVersion } from './schema.ts';

/** A file that a task reads, found on this machine. */
export interface FoundFile {
  /** In the layout of the hub. */
  readonly path: string;
  /** What its rows' ids begin with; for AdvGLUE, which part it is (`dev`, `test`). */
  readonly prefix: string;
  readonly kind: 'parquet' | 'adv-glue';
  readonly found: HubFile;
}

/** Brings the store's copy of a file up to date. Returns whether it had to be read. */
export async function loadFile(
  connection: DuckDBConnection,
  file: FoundFile,
  spec: TaskSpec,
): Promise<boolean> {
  const place = file.found.path;
  const sha256 = await sha256OfFile(place);
  const known = await query(
    connection,
    'select path from files where path = $path and sha256 = $sha256 and reader = $reader',
    { path: file.path, sha256, reader: readerVersion },
  );
  if (known.length > 0) return false;
  for (const table of ['rows', 'originals'])
    await connection.run(`delete from ${table} where path = $path`, { path: file.path });
  if (file.kind === 'parquet') await loadParquet(connection, { ...file, place }, spec);
  else await insertAdvGlue(connection, file.path, await readSiteFile(file));
  await connection.run(
    `insert or replace into files select $path, $sha256, $bytes, (select count(*) from rows where path = $path),
       $origin, $reader, $loadedAt`,
    {
      path: file.path,
      sha256,
      bytes: (await stat(place)).size,
      origin: file.found.origin,
      reader: readerVersion,
      loadedAt: new Date().toISOString(),
    },
  );
  return true;
}

async function readSiteFile({ found, prefix }: FoundFile): Promise<AdvGlueRow[]> {
  try {
    return await readAdvGlue(found.path, prefix);
  } catch (error) {
    // No hash promises a site's bytes: what something else answered in its name must not stay in the cache.
    if (error instanceof UserError && found.origin !== 'folder') await rm(found.path, { force: true });
    throw error;
  }
}
