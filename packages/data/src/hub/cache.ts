import { mkdir, readdir, readFile, realpath, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { getHFHubCachePath, getRepoFolderName } from '@huggingface/hub';
import { UserError, writeFileAtomically } from '@im-bert/core';
import { codeOf } from '../failure.ts';
import type { RepositoryFile, SiteFile } from './address.ts';
import { fitsBlobName } from './file-hash.ts';

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

/** The commit that the cache knows as `main`, or the only one that it holds. */
export async function cachedCommit(address: RepositoryFile): Promise<string | undefined> {
  const folder = cacheFolderOf(address);
  const named = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => undefined);
  if (named !== undefined) return named.trim();
  const commits = await readdir(join(folder, 'snapshots')).catch(() => []);
  return commits.length === 1 ? commits[0] : undefined;
}

const intact = new Set<string>();

/**
 * The file as the cache holds it at that commit, or undefined. Its bytes are checked against the name of its blob once
 * a process.
 * @throws UserError if they do not fit
 */
export async function findInCache(address: RepositoryFile, commit: string): Promise<string | undefined> {
  const place = join(cacheFolderOf(address), 'snapshots', commit, address.file);
  const blob = await realpath(place).catch(() => undefined);
  if (blob === undefined) return undefined;
  const { size, mtimeMs } = await stat(blob);
  const key = `${blob} ${String(size)} ${String(mtimeMs)}`;
  if (!intact.has(key) && !(await fitsBlobName(blob, basename(blob))))
    throw new UserError({
      where: blob,
      expected: 'a file with the hash in its name',
      got: 'a damaged one',
      remedy: 'Delete it, and it is fetched again.',
    });
  intact.add(key);
  return place;
}

/** Place of a blob in the cache. */
export function blobPlace(address: RepositoryFile, name: string): string {
  return join(cacheFolderOf(address), 'blobs', name);
}

/** Names a whole blob as a file of a commit; `main` becomes that commit if `isMain`. Returns the file's place. */
export async function linkBlob(
  address: RepositoryFile,
  blob: string,
  commit: string,
  isMain: boolean,
): Promise<string> {
  const folder = cacheFolderOf(address);
  const place = join(folder, 'snapshots', commit, address.file);
  await mkdir(dirname(place), { recursive: true });
  await symlink(relative(dirname(place), blob), place).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  if (isMain) await writeFileAtomically(join(folder, 'refs', 'main'), commit);
  return place;
}
