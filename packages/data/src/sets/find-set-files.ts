import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { UserError } from '@im-bert/core';
import { unzipSync } from 'fflate';
import { decode } from 'iconv-lite';
import { messageOf } from '../failure.ts';
import { sha256OfFile } from '../hub/file-hash.ts';
import type { Hub } from '../hub/hub.ts';
import type { Origin } from '../hub/source.ts';
import { type EvaluationSet, localFile } from './set-spec.ts';

/** A file that a set reads, on this machine. */
export interface SetFile {
  /** What `select` calls it. */
  readonly name: string;
  /** In the hub's layout, or of this machine; without the member of an archive. */
  readonly path: string;
  readonly member: string | undefined;
  readonly place: string;
  readonly origin: Origin | 'own';
  readonly sha256: string;
}

/** @throws UserError if a file is missing */
export async function findSetFiles(set: EvaluationSet, hub: Hub): Promise<SetFile[]> {
  const found: SetFile[] = [];
  for (const [name, address] of Object.entries(set.files)) {
    const [path = '', member] = address.split('!');
    const { place, origin } = await findFile(set, path, hub);
    found.push({ name, path, member, place, origin, sha256: await sha256OfFile(place) });
  }
  return found;
}

async function findFile(
  set: EvaluationSet,
  path: string,
  hub: Hub,
): Promise<Pick<SetFile, 'place' | 'origin'>> {
  const place = localFile(set, path);
  if (place === undefined) {
    const found = await hub.find(path);
    return found === undefined
      ? { place: await hub.file(path), origin: 'network' }
      : { place: found.path, origin: found.origin };
  }
  const isFile = await stat(place).then(
    (entry) => entry.isFile(),
    () => false,
  );
  if (isFile) return { place, origin: 'own' };
  throw new UserError({ where: set.place, expected: `a file ${place}`, got: 'none' });
}

/** Files that are unpacked or decoded are texts for evaluation: nothing of that kind is larger. */
const maximumText = 256 * 2 ** 20;

/** Runs `use` with the places of the files; what DuckDB cannot read itself is unpacked and decoded into a folder that then goes. */
export async function withReadable<Result>(
  files: readonly SetFile[],
  encoding: string,
  use: (places: ReadonlyMap<string, string>) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-set-'));
  try {
    const places = new Map<string, string>();
    for (const file of files) places.set(file.name, await readablePlace(file, encoding, folder));
    return await use(places);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readablePlace(file: SetFile, encoding: string, folder: string): Promise<string> {
  const isUtf8 = /^utf-?8$/i.test(encoding);
  if (file.member === undefined && isUtf8) return file.place;
  const content =
    file.member === undefined ? await readFile(file.place) : await unpack(file.place, file.member);
  const place = join(folder, `${file.name}${extname(file.member ?? file.path)}`);
  await writeFile(place, isUtf8 ? content : decode(content, encoding));
  return place;
}

async function unpack(place: string, member: string): Promise<Uint8Array> {
  const names: string[] = [];
  let content: Uint8Array | undefined;
  let got = '';
  try {
    content = unzipSync(await readFile(place), {
      filter: ({ name, originalSize }) => {
        names.push(name);
        if (name === member && originalSize > maximumText) got = `one of ${String(originalSize)} bytes`;
        return name === member && originalSize <= maximumText;
      },
    })[member];
  } catch (error) {
    const reason = messageOf(error);
    throw new UserError(
      { where: place, expected: 'a zip archive', got: `a damaged one (${reason})` },
      { cause: error },
    );
  }
  if (content !== undefined) return content;
  if (got === '') got = names.length === 0 ? 'an empty archive' : names.slice(0, 5).join(', ');
  throw new UserError({ where: place, expected: `${member} in the archive`, got });
}
