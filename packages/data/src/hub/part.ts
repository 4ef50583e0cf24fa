import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLeftBehind, processMark, UserError } from '@im-bert/core';
import { storing } from './storing.ts';

/**
 * The file beside `place` into which this process fetches. Each process has its own, so that no two write one file; a part
 * that a process left which is no more (or that nobody has touched for an hour) is taken over by renaming it, which only
 * one can.
 */
export async function claimPart(place: string): Promise<string> {
  const folder = dirname(place);
  const own = `${place}.${processMark}.incomplete`;
  await storing(folder, mkdir(folder, { recursive: true }));
  if ((await sizeOf(own)) > 0) return own;
  for (const name of await readdir(folder)) {
    if (!isPartOf(name, place) || !(await isLeftBehind(join(folder, name)))) continue;
    const taken = await rename(join(folder, name), own).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return own;
}

function isPartOf(name: string, place: string): boolean {
  return name.startsWith(`${basename(place)}.im-bert.`) && name.endsWith('.incomplete');
}

/** Gives a whole part its name. @throws UserError if that cannot be */
export async function finishPart(part: string, place: string): Promise<void> {
  await storing(place, rename(part, place));
}

/** Removes a part. */
export async function discardPart(part: string): Promise<void> {
  await storing(part, rm(part, { force: true }));
}

/** Bytes of a file, 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** @throws UserError if the disk has no room for so many more bytes */
export async function checkRoom(place: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(place));
  const free = bavail * bsize;
  if (bytes <= free) return;
  const megabytes = (count: number): string => `${(count / 2 ** 20).toFixed(0)} MiB`;
  throw new UserError({
    where: place,
    expected: `room for ${megabytes(bytes)}`,
    got: megabytes(free),
    remedy: 'Make room, or name another folder with HF_HOME.',
  });
}
