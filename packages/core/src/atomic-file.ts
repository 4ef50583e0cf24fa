import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that a reader, or a crash, sees either the old content or the whole new one: to a neighbour
 * first, flushed to the disk, then renamed. Creates missing folders.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const neighbour = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(neighbour, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(neighbour, path);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  }
}
