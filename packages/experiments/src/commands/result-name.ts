import { createHash } from 'node:crypto';
import { basename, dirname, relative, resolve, sep } from 'node:path';

/** Folders of a runs' folder that are no results. */
const taken = ['cells'];

/**
 * The name under which the results of a file of the user's are kept: its path from beside the runs' folder, `x/a` for
 * x/a.yaml, so that no two files share one. Where that leads elsewhere, or is the name of a table of the package's own,
 * the path's hash tells it apart.
 * @param own the names of the package's own tables, as results are kept under them
 */
export function resultName(path: string, runs: string, own: readonly string[]): string {
  const place = relative(dirname(resolve(runs)), resolve(path))
    .split(sep)
    .join('/');
  const name = place.replace(/\.yaml$/, '');
  const isBelow = !place.startsWith('../') && resolve(dirname(resolve(runs)), place) === resolve(path);
  if (isBelow && ![...own, ...taken].includes(name)) return name;
  const hash = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 8);
  return `${basename(path).replace(/\.yaml$/, '')}-${hash}`;
}
