import { UserError } from '@im-bert/core';
import { codeOf, messageOf } from '../failure.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'a full disk',
  EDQUOT: 'a used-up quota',
  EACCES: 'one without permission to write',
  EPERM: 'one without permission to write',
  EROFS: 'a read-only one',
  ENOENT: 'one whose files vanish',
  ENOTDIR: 'a file in place of a folder',
  ENAMETOOLONG: 'one that takes no names so long',
};

/** Awaits a write to the cache. @throws UserError if the file system refuses */
export async function storing<T>(place: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const got = reasons[codeOf(error) ?? ''];
    if (got === undefined) throw error;
    throw new UserError(
      {
        where: place,
        expected: 'a cache that can be written',
        got: `${got} (${messageOf(error)})`,
        remedy: 'Mend that, or name another folder with HF_HOME.',
      },
      { cause: error },
    );
  }
}
