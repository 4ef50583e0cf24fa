import { UserError } from '@im-bert/core';

/** A file of a repository on the Hugging Face hub. */
export interface RepositoryFile {
  readonly type: 'dataset' | 'model';
  /** `org/name` */
  readonly repository: string;
  readonly file: string;
}

/** A file of another site. */
export interface SiteFile {
  readonly host: string;
  readonly file: string;
}

const types = { datasets: 'dataset', models: 'model' } as const;

/**
 * What a path in the hub's layout stands for: `datasets/<org>/<name>/<file>`, `models/<org>/<name>/<file>` or
 * `<host>/<file>`.
 * @throws UserError if it is none of them or leaves its folder
 */
export function parseAddress(path: string): RepositoryFile | SiteFile {
  const parts = path.split('/');
  const [first = '', org = '', name = '', ...file] = parts;
  const safe = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
  if (safe && file.length > 0 && (first === 'datasets' || first === 'models'))
    return { type: types[first], repository: `${org}/${name}`, file: file.join('/') };
  if (safe && parts.length > 1 && first.includes('.')) return { host: first, file: parts.slice(1).join('/') };
  throw new UserError({
    where: `hub path "${path}"`,
    expected: 'datasets/<org>/<name>/<file>, models/<org>/<name>/<file> or <host>/<file>',
    got: 'something else',
  });
}
