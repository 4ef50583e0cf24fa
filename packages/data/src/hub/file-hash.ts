import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

async function hashOf(path: string, algorithm: 'sha1' | 'sha256', prefix: string): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Hex SHA-256 of a file's bytes. */
export function sha256OfFile(path: string): Promise<string> {
  return hashOf(path, 'sha256', '');
}

/**
 * Whether the bytes fit the name that the hub gives a blob: 64 hex digits are their SHA-256 (large files), 40 their git
 * SHA-1. Other names promise nothing, and fit.
 */
export async function fitsBlobName(path: string, name: string): Promise<boolean> {
  if (/^[0-9a-f]{64}$/.test(name)) return (await sha256OfFile(path)) === name;
  if (!/^[0-9a-f]{40}$/.test(name)) return true;
  const { size } = await stat(path);
  return (await hashOf(path, 'sha1', `blob ${String(size)}\0`)) === name;
}
