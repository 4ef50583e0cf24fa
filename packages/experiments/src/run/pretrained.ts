import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { contentHash, writeFileAtomically } from '@im-bert/core';
import type { Hub } from '@im-bert/data';
import { z } from 'zod';
import type { PresentEncoder } from '../plan/cell.ts';

/** What decides a pretrained encoder: its weights, shape and tokenizer. */
const files = ['config.json', 'model.safetensors', 'tokenizer.json'] as const;

const knownSchema = z.record(
  z.string(),
  z.object({ size: z.number(), modified: z.number(), sha256: z.string() }),
);
type Known = z.output<typeof knownSchema>;

/** Hashes of files, kept in a file between runs: weights have hundreds of megabytes. */
class FileHashes {
  readonly #path: string;
  #known: Known;
  #isChanged = false;

  private constructor(path: string, known: Known) {
    this.#path = path;
    this.#known = known;
  }

  /** A cache that is gone or damaged is an empty one. */
  static async open(path: string): Promise<FileHashes> {
    const text = await readFile(path, 'utf8').catch(() => '{}');
    const parsed = knownSchema.safeParse(parseOr(text, {}));
    return new FileHashes(path, parsed.success ? parsed.data : {});
  }

  /** Hex SHA-256 of the file, computed again when its size or its time of change differ. */
  async sha256(path: string): Promise<string> {
    const { size, mtimeMs: modified } = await stat(path);
    const known = this.#known[path];
    if (known?.size === size && known.modified === modified) return known.sha256;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Buffer);
    const sha256 = hash.digest('hex');
    this.#known = { ...this.#known, [path]: { size, modified, sha256 } };
    this.#isChanged = true;
    return sha256;
  }

  /** Writes what is new. A folder that cannot be written only costs the time again. */
  async close(): Promise<void> {
    if (this.#isChanged)
      await writeFileAtomically(this.#path, JSON.stringify(this.#known)).catch(() => undefined);
  }
}

function parseOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/**
 * Hashes the files of pretrained encoders, so that other bytes under the same name make other models. Asks no network.
 * @param cache path of a file that keeps hashes by size and time of change
 * @returns by encoder: the hash, empty where a file is not here yet, undefined for an encoder from scratch
 */
export async function hashPretrained(
  encoders: readonly PresentEncoder[],
  hub: Pick<Hub, 'find'>,
  cache: string,
): Promise<(encoder: PresentEncoder) => string | undefined> {
  const hashes = await FileHashes.open(cache);
  const names = [...new Set(encoders.flatMap((encoder) => (encoder.from === 'hub' ? [encoder.model] : [])))];
  const byName = new Map<string, string>();
  for (const name of names) byName.set(name, await hashOf(name, hub, hashes));
  await hashes.close();
  return (encoder) => (encoder.from === 'hub' ? (byName.get(encoder.model) ?? '') : undefined);
}

async function hashOf(name: string, hub: Pick<Hub, 'find'>, hashes: FileHashes): Promise<string> {
  const found: string[] = [];
  for (const file of files) {
    const place = await hub.find(`models/${name}/${file}`, { fetch: false });
    if (place === undefined) return '';
    found.push(await hashes.sha256(place.path));
  }
  return contentHash(found).slice(0, 16);
}
