import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { getHFHubCachePath, getRepoFolderName } from '@huggingface/hub';
import { writeFileAtomically } from '@im-bert/core';
import type { RepositoryFile, SiteFile } from './address.ts';
import { isIntact } from './intact.ts';
import { storing } from './storing.ts';

/** Folder of a repository in the cache that Python's huggingface_hub shares with us (HF_HOME, HF_HUB_CACHE). */
export function cacheFolderOf({ type, repository }: RepositoryFile): string {
  return join(getHFHubCachePath(), getRepoFolderName({ type, name: repository }));
}

/** Place of a site's file: huggingface_hub keeps such files of a library in its assets cache. */
export function assetPlace({ host, file }: SiteFile): string {
  const home =
    process.env['HF_HOME'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'huggingface');
  return join(process.env['HF_ASSETS_CACHE'] ?? join(home, 'assets'), 'im-bert', host, file);
}

/** Whether a word is a commit, and so may name a folder. */
export function isCommit(word: string): boolean {
  return /^[0-9a-f]{40}$/.test(word);
}

/** The commit that the cache knows as `main`, or the only one that it holds. */
export async function cachedCommit(address: RepositoryFile): Promise<string | undefined> {
  const folder = cacheFolderOf(address);
  const named = (await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '')).trim();
  if (isCommit(named)) return named;
  const commits = (await readdir(join(folder, 'snapshots')).catch(() => [])).filter(isCommit);
  return commits.length === 1 ? commits[0] : undefined;
}

/** The file as the cache holds it at that commit, or undefined; a damaged one is thrown away. */
export function findInCache(address: RepositoryFile, commit: string): Promise<string | undefined> {
  return findIntact(join(cacheFolderOf(address), 'snapshots', commit, address.file));
}

/** The site's file as the cache holds it, or undefined; a damaged one is thrown away. */
export function findAsset(address: SiteFile): Promise<string | undefined> {
  return findIntact(assetPlace(address));
}

/**
 * The place, if it leads to a file that is what its blob's name or its own ending says. A damaged file is removed, so that
 * it is fetched anew.
 * @throws UserError if it cannot be removed
 */
async function findIntact(place: string): Promise<string | undefined> {
  const blob = await realpath(place).catch(() => undefined);
  if (blob === undefined || !(await stat(blob)).isFile()) return undefined;
  if (await isIntact(blob, basename(place))) return place;
  await discard(blob);
  return undefined;
}

async function discard(file: string): Promise<void> {
  await storing(file, rm(file, { force: true }));
}

/** Whether the blob is there, of that size and undamaged; a damaged one is thrown away. */
export async function isWholeBlob(blob: string, size: number): Promise<boolean> {
  const found = await stat(blob).catch(() => undefined);
  if (found === undefined) return false;
  if (found.size === size && (await isIntact(blob, ''))) return true;
  await discard(blob);
  return false;
}

/** Place of a blob in the cache. */
export function blobPlace(address: RepositoryFile, name: string): string {
  return join(cacheFolderOf(address), 'blobs', name);
}

/**
 * Names a whole blob as a file of a commit, in place of what that name led to; `main` becomes that commit if `isMain`.
 * Returns the file's place.
 */
export async function linkBlob(
  address: RepositoryFile,
  blob: string,
  commit: string,
  isMain: boolean,
): Promise<string> {
  const folder = cacheFolderOf(address);
  const place = join(folder, 'snapshots', commit, address.file);
  await storing(dirname(place), mkdir(dirname(place), { recursive: true }));
  const neighbour = `${place}.${randomUUID()}.partial`;
  await storing(place, symlink(relative(dirname(place), blob), neighbour));
  await storing(place, rename(neighbour, place));
  if (isMain) await storing(folder, writeFileAtomically(join(folder, 'refs', 'main'), commit));
  return place;
}
