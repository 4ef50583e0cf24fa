import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Feeds a file's bytes, or the first of them, to a hash. */
export async function feed(hash: Hash, path: string, bytes = Infinity): Promise<void> {
  if (bytes === 0) return;
  const end = bytes === Infinity ? undefined : bytes - 1;
  for await (const chunk of createReadStream(path, {
    highWaterMark: 2 ** 20,
    ...(end === undefined ? {} : { end }),
  }))
    hash.update(chunk as Buffer);
}

/** Hex SHA-256 of a file's bytes. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await feed(hash, path);
  return hash.digest('hex');
}

/**
 * The hash whose hex digits the hub gives a blob as its name: SHA-256 of large files, git's SHA-1 of small ones.
 * Undefined for other names, which promise nothing.
 * @param size of the whole blob, in bytes
 */
export function hashOfName(name: string, size: number): Hash | undefined {
  if (/^[0-9a-f]{64}$/.test(name)) return createHash('sha256');
  if (!/^[0-9a-f]{40}$/.test(name)) return undefined;
  return createHash('sha1').update(`blob ${String(size)}\0`);
}

/** Whether a file's bytes are those that the name of its blob promises. */
export async function fitsBlobName(path: string, name: string): Promise<boolean> {
  const hash = hashOfName(name, (await stat(path)).size);
  if (hash === undefined) return true;
  await feed(hash, path);
  return hash.digest('hex') === name;
}
