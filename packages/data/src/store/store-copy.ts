import { rmSync } from 'node:fs';
import { constants, copyFile, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLeftBehind, processMark, UserError } from '@im-bert/core';
import { codeOf } from '../failure.ts';

/** A copy of a store, in a folder of its own. */
interface StoreCopy {
  readonly path: string;
  remove(): void;
}

/** DuckDB's main header and the two that say, in turn, which blocks the last checkpoint wrote. */
const headerBytes = 3 * 4096;

async function headerOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await rm(to, { force: true });
  }
}

/** Removes the copies of readers that were killed. */
async function removeLeftCopies(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => copyPattern.test(name));
  for (const name of names) {
    const path = join(tmpdir(), name);
    if (await isLeftBehind(path)) await rm(path, { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

const copyPattern = /^im-bert\.[^.]+\.\d+\.store-/;
const attempts = 20;
const pauseMilliseconds = 50;

/**
 * Copies a store and its log, also while a process writes to it. A checkpoint writes to free blocks only, and then
 * switches the header to them, so a copy is sound if the header is the same before and after: it is what a crash at that
 * moment would have left, which DuckDB opens. What was committed since the last checkpoint is in the log.
 * @throws UserError if the store changes faster than it can be copied
 */
export async function copyStore(path: string): Promise<StoreCopy> {
  const folder = await mkdtemp(join(tmpdir(), `${processMark}.store-`));
  await removeLeftCopies();
  const copy = join(folder, basename(path));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const before = await headerOf(path);
      await copyIfThere(`${path}.wal`, `${copy}.wal`);
      await copyFile(path, copy, constants.COPYFILE_FICLONE);
      if (before.equals(await headerOf(path))) return { path: copy, remove };
      await sleep(pauseMilliseconds);
    }
  } catch (error) {
    remove();
    throw error;
  }
  remove();
  throw new UserError({
    where: path,
    expected: 'a store that rests long enough to be copied',
    got: `one that changed during each of ${String(attempts)} copies`,
    remedy: 'Try again in a moment.',
  });
}
