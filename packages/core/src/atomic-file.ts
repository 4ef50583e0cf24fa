import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { processMark } from './process-mark.ts';
import { systemFault } from './system-fault.ts';

/** Flushes a folder's names to the disk, so that a file that was renamed into it survives a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there, and renames are logged
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Writes a file so that a reader, a crash or a loss of power sees either the old content or the whole new one: to a
 * neighbour first, flushed to the disk, then renamed. Creates missing folders.
 * @throws UserError that names the file if the disk is full or may not be written
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const neighbour = `${path}.${processMark}.${randomUUID()}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(neighbour, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(neighbour, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(neighbour, { force: true });
    throw systemFault(error, path) ?? error;
  }
}
