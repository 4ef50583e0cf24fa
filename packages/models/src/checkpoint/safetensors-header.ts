import { sizeOf, UserError } from '@im-bert/core';
import { z } from 'zod';
import { isStoredType, storedTypes } from './stored-type.ts';

/** Where one tensor lies in the file. */
export interface TensorEntry {
  /** Element type as the file names it, such as F32 or I64. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range [start, end) counted from the file's beginning. */
  readonly start: number;
  readonly end: number;
}

const whole = z.int().min(0);
const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(whole).readonly(),
    data_offsets: z.tuple([whole, whole]),
  }),
);

/** The eight bytes before the header hold its length. */
export const lengthBytes = 8;

/** Rejects a header length that cannot be true before anything of that size is read. @throws UserError */
export function checkHeaderLength(path: string, length: bigint, fileSize: number): number {
  if (length > 0n && length <= BigInt(fileSize - lengthBytes)) return Number(length);
  throw broken(
    path,
    `a header of at most ${Math.max(0, fileSize - lengthBytes)} bytes`,
    `one of ${length} bytes`,
  );
}

/**
 * Reads the header's text: the place, type and shape of every tensor.
 * @throws UserError if it is no safetensors header, or if a tensor reaches past the end of the file
 */
export function parseHeader(path: string, text: string, fileSize: number): ReadonlyMap<string, TensorEntry> {
  const fields = Object.entries(parseObject(path, text)).filter(([name]) => name !== '__metadata__');
  const header = headerSchema.safeParse(Object.fromEntries(fields));
  if (!header.success)
    throw broken(path, 'a safetensors header', header.error.issues[0]?.message ?? 'another');
  const origin = lengthBytes + Buffer.byteLength(text);
  return new Map(
    Object.entries(header.data).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        const entry = { dtype, shape, start: origin + start, end: origin + end };
        checkEntry(path, name, entry, fileSize);
        return [name, entry];
      },
    ),
  );
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError({ ...brokenMistake(path, 'a JSON header', 'something else') }, { cause });
  }
}

function checkEntry(path: string, name: string, entry: TensorEntry, fileSize: number): void {
  const { dtype, shape, start, end } = entry;
  if (end > fileSize)
    throw broken(`${path} ${name}`, `${end} bytes in the file`, `${fileSize}: it is truncated`);
  const width = isStoredType(dtype) ? storedTypes[dtype].bytes : undefined;
  const size = width === undefined ? end - start : width * sizeOf(shape);
  if (end - start !== size)
    throw broken(`${path} ${name}`, `${size} bytes for ${dtype} [${shape.join(', ')}]`, String(end - start));
}

function brokenMistake(
  where: string,
  expected: string,
  got: string,
): { where: string; expected: string; got: string; remedy: string } {
  return { where, expected, got, remedy: 'The file is damaged or incomplete: fetch it again.' };
}

/** The error for a file that breaks the format. */
export function broken(where: string, expected: string, got: string): UserError {
  return new UserError(brokenMistake(where, expected, got));
}
