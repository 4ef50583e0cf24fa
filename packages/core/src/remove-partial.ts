import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftBehind } from './process-mark.ts';

/**
 * Removes what `writeFileAtomically` left in a folder and those below it when its process was killed; what a process is
 * writing stays.
 */
export async function removePartialFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []); // there may be no folder yet
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith('.partial') && (await isLeftBehind(path))) await rm(path, { force: true });
  }
}
