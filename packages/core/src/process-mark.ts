import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';

const host = hostname().replaceAll(/[^\w-]/g, '_');

/** Stands in the names of unfinished files, so that others can tell whether the process that writes them still runs. */
export const processMark = `im-bert.${host}.${String(process.pid)}`;

const markPattern = /im-bert\.([\w-]+)\.(\d+)\.[^/\\]*$/;
const abandonedMilliseconds = 3_600_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * True of a file or folder whose name has the mark, and a dot after it, of a process that is no more; one of another machine
 * counts as left when nobody has touched it for an hour.
 */
export async function isLeftBehind(path: string): Promise<boolean> {
  const [, owner, pid] = markPattern.exec(path) ?? [];
  if (owner === undefined) return false;
  if (owner === host && !isAlive(Number(pid))) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > abandonedMilliseconds;
}
