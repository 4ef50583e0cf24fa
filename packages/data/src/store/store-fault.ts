import { systemFault, UserError } from '@im-bert/core';
import { messageOf } from '../failure.ts';
import type { StoreKind } from './store-file.ts';

/** DuckDB's words when another process has the file open: `... Conflicting lock is held in /usr/bin/node (PID 12)...`. */
const lockPattern = /Conflicting lock is held in .*?\(PID (\d+)\)/;
const windowsLockPattern = /being used by another process/;

/** Who holds the store that could not be opened; undefined if that was not the reason. */
export function lockHolder(error: unknown): string | undefined {
  const message = messageOf(error);
  const holder = lockPattern.exec(message)?.[1];
  if (holder !== undefined) return `process ${holder}`;
  return windowsLockPattern.test(message) ? 'another process' : undefined;
}

/** A store that another process has open. */
export function heldStore(path: string, holder: string): UserError {
  return new UserError({
    where: path,
    expected: 'a store that no other process writes to',
    got: `one held by ${holder}`,
    remedy: 'Wait until that run has ended, or give another folder with --runs.',
  });
}

/** A file that is no store of this kind and version. */
export function foreignStore(path: string, { name, version, remedy }: StoreKind, got: string): UserError {
  return new UserError({ where: path, expected: `${name} of version ${String(version)}`, got, remedy });
}

/** What DuckDB says of files that are not as it wrote them; INTERNAL and FATAL are its own checks failing on them. */
const damagePattern =
  /checksum|corrupt|not a valid DuckDB|Serialization Error|INTERNAL Error|FATAL Error|IO Error|Out of Memory Error|invalidated|newer version|older version|replay(ing)? WAL/i;

/** An error of reading or writing a store as a mistake with its place and remedy, if it is the machine's or the file's. */
export function storeFault(path: string, kind: Pick<StoreKind, 'name' | 'remedy'>, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const fault = systemFault(error, path);
  if (fault !== undefined) return fault;
  const message = messageOf(error);
  if (!damagePattern.test(message)) return error;
  const { name, remedy } = kind;
  return new UserError(
    { where: path, expected: `${name} that can be read`, got: `a damaged one (${message})`, remedy },
    { cause: error },
  );
}
