import { readdirSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@im-bert/core';
import { codeOf, messageOf } from '../failure.ts';
import { parseAddress } from './address.ts';

/** @throws UserError if the folder cannot be read or holds nothing in the hub's layout */
export function checkHubFolder(folder: string): void {
  const expected =
    'a readable folder in the layout of the hub (datasets/<org>/<name>/..., models/<org>/<name>/...)';
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new UserError({ where: `hub ${folder}`, expected, got: reason(error) }, { cause: error });
  }
  if (names.some((name) => name === 'datasets' || name === 'models' || name.includes('.'))) return;
  const got = names.length === 0 ? 'an empty one' : `one with ${names.slice(0, 3).join(', ')}`;
  throw new UserError({ where: `hub ${folder}`, expected, got });
}

/** What a failed system call says, without its trace. */
function reason(error: unknown): string {
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'none',
    ENOTDIR: 'something that is not a folder',
    EACCES: 'one without permission to read',
  };
  return known[codeOf(error) ?? ''] ?? messageOf(error);
}

/** Whether the folder speaks for a path: it holds the folder that would hold it. */
export async function folderCovers(folder: string, path: string): Promise<boolean> {
  const found = await stat(join(folder, dirname(path))).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** The file's place in the folder, or undefined if it is not there. @throws UserError if it is there but no use */
export async function findInFolder(folder: string, path: string): Promise<string | undefined> {
  parseAddress(path);
  const place = join(folder, path);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  const got = found.isFile() ? await uselessContent(place, found.size) : 'a folder';
  if (got === undefined) return place;
  throw new UserError({
    where: place,
    expected: 'the file itself',
    got,
    remedy: 'Copy the whole file there.',
  });
}

const pointerStart = 'version https://git-lfs';

/** What a file holds instead of its content, if so: nothing, or what a clone without LFS leaves. */
async function uselessContent(place: string, size: number): Promise<string | undefined> {
  if (size === 0) return 'an empty one';
  try {
    const file = await open(place);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(pointerStart.length),
      0,
      pointerStart.length,
      0,
    );
    await file.close();
    return buffer.toString('latin1', 0, bytesRead) === pointerStart ? 'a Git LFS pointer' : undefined;
  } catch (error) {
    return reason(error);
  }
}
