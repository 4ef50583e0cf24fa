import { UserError } from './errors.ts';

interface Meaning {
  /** What the C library says; DuckDB passes on this and no code. */
  readonly text: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

const full = {
  expected: 'room to write',
  remedy: 'Make room and give the same command again (after a run: im-bert resume); what was kept is used.',
};
const unwritable = {
  expected: 'a place that this user may read and write',
  remedy: 'Change its permissions, or name another place (--runs=DIR).',
};

/** A mistake that is no word of the user's but a state of the machine: what met it will meet it again, whatever comes next. */
export class SystemFault extends UserError {}

/** The faults of a machine, not of a program, by the code of the system call. */
const meanings = {
  ENOSPC: { ...full, text: 'No space left on device', got: 'no space left on the disk' },
  EDQUOT: { ...full, text: 'Disk quota exceeded', got: 'a used-up disk quota' },
  EFBIG: { ...full, text: 'File too large', got: 'a limit on the size of files (ulimit -f)' },
  EROFS: { ...unwritable, text: 'Read-only file system', got: 'a read-only disk' },
  EACCES: { ...unwritable, text: 'Permission denied', got: 'no permission' },
  EPERM: { ...unwritable, text: 'Operation not permitted', got: 'no permission' },
  ENOTDIR: {
    text: 'Not a directory',
    expected: 'a folder',
    got: 'a file in its place',
    remedy: 'Move the file away, or name another folder.',
  },
  EMFILE: {
    text: 'Too many open files',
    expected: 'leave to open another file',
    got: 'too many open ones',
    remedy: 'Raise the limit (ulimit -n), or end other programs.',
  },
  ENFILE: {
    text: 'Too many open files in system',
    expected: 'leave to open another file',
    got: 'too many open ones on this machine',
    remedy: 'End other programs.',
  },
  EIO: {
    text: 'Input/output error',
    expected: 'a disk that can be read and written',
    got: 'an input/output error',
    remedy: 'Check the disk, or name another place (--runs=DIR).',
  },
} as const satisfies Record<string, Meaning>;

function property(error: unknown, name: string): string | undefined {
  const value: unknown =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code');
  if (code !== undefined) return code;
  const message = property(error, 'message') ?? '';
  return Object.entries(meanings).find(([, { text }]) => message.includes(text))?.[0];
}

/** The file that the error is about: its own, or the one that its text names; writes to open files name none. */
function placeOf(error: unknown): string {
  const quoted = /file "([^"]+)"/.exec(property(error, 'message') ?? '')?.[1];
  return property(error, 'path') ?? quoted ?? 'this machine';
}

const missingPlaces: Readonly<Record<string, Pick<Meaning, 'expected' | 'remedy'>>> = {
  uv_cwd: {
    expected: 'a working directory that exists',
    remedy: 'It was deleted; change into another one.',
  },
  mkdtemp: {
    expected: 'a folder for temporary files',
    remedy: 'Make that folder, or set TMPDIR to one that exists.',
  },
};

/** A folder without which nothing works: the working directory, or the one for temporary files. */
function missingPlace(error: unknown): SystemFault | undefined {
  const known = missingPlaces[property(error, 'syscall') ?? ''];
  if (known === undefined || property(error, 'code') !== 'ENOENT') return undefined;
  const where = property(error, 'path') ?? 'working directory';
  return new SystemFault({ where, ...known, got: 'none' }, { cause: error });
}

/**
 * A full or read-only disk, missing permission and the like as a mistake with its place and remedy, whether Node.js or
 * DuckDB reports it; undefined for anything else.
 * @param place what was being read or written
 */
export function systemFault(error: unknown, place?: string): SystemFault | undefined {
  if (error instanceof UserError) return error instanceof SystemFault ? error : undefined;
  const missing = missingPlace(error);
  if (missing !== undefined) return missing;
  const code = codeOf(error);
  const meaning = Object.entries(meanings).find(([name]) => name === code)?.[1];
  if (meaning === undefined) return undefined;
  const { expected, got, remedy } = meaning;
  return new SystemFault({ where: place ?? placeOf(error), expected, got, remedy }, { cause: error });
}
