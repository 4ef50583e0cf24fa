import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what `writeFileAtomically` left in a folder and those below it when the process was killed. Only for the process
 * that alone writes there: it would take another's unfinished file from under it.
 */
export async function removePartialFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []); // there may be no folder yet
  for (const name of names) if (name.endsWith('.partial')) await rm(join(folder, name), { force: true });
}
