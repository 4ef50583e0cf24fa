import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { faultOfContent } from './content.ts';
import { fitsBlobName, hashOfName } from './file-hash.ts';

const intact = new Set<string>();

async function keyOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path} ${String(size)} ${String(mtimeMs)}`;
}

/** Notes that a file's bytes have been checked as they came. */
export async function noteIntact(path: string): Promise<void> {
  intact.add(await keyOf(path));
}

/**
 * Whether a file's bytes fit the hash in its name or, where that is none, the ending of the name that it goes by. Checked
 * once a process.
 * @param name that it goes by; '' where no content is to be expected
 */
export async function isIntact(path: string, name: string): Promise<boolean> {
  const key = await keyOf(path);
  if (intact.has(key)) return true;
  const isHash = hashOfName(basename(path), 0) !== undefined;
  const good = isHash
    ? await fitsBlobName(path, basename(path))
    : (await faultOfContent(name, path)) === undefined;
  if (good && (isHash || name !== '')) intact.add(key);
  return good;
}
