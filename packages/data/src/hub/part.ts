import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@im-bert/core';
import { codeOf } from '../failure.ts';
import { storing } from './storing.ts';

const mark = '.im-bert-';
const owner = `${hostname().replaceAll(/[^\w-]/g, '_')}-${String(process.pid)}`;
const abandoned = 3_600_000;

/**
 * The file beside `place` into which this process fetches. Each process has its own, so that no two write one file; a part
 * that a process left which is no more (or that nobody has touched for an hour) is taken over by renaming it, which only
 * one can.
 */
export async function claimPart(place: string): Promise<string> {
  const folder = dirname(place);
  const own = `${place}${mark}${owner}.incomplete`;
  await storing(folder, mkdir(folder, { recursive: true }));
  if ((await sizeOf(own)) > 0) return own;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(basename(place) + mark) || !(await isLeft(join(folder, name)))) continue;
    const taken = await rename(join(folder, name), own).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return own;
}

async function isLeft(path: string): Promise<boolean> {
  const [, host, pid] = /\.im-bert-(.+)-(\d+)\.incomplete$/.exec(path) ?? [];
  if (host === undefined) return false;
  if (owner.startsWith(`${host}-`) && !isAlive(Number(pid))) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > abandoned;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
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
