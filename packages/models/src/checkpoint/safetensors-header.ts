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

/** What a header says. */
export interface Header {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The file's `__metadata__`: free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
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
const metadataSchema = z.record(z.string(), z.string()).default({});

/** The eight bytes before the header hold its length. */
export const lengthBytes = 8;

/** Longest header in bytes, by the format. */
const longestHeader = 100_000_000;

/** Rejects a header length that cannot be true before anything of that size is read. @throws UserError */
export function checkHeaderLength(path: string, length: bigint, fileSize: number): number {
  const longest = Math.min(longestHeader, Math.max(0, fileSize - lengthBytes));
  if (length > 0n && length <= BigInt(longest)) return Number(length);
  throw broken(path, `a header of at most ${longest} bytes`, `one of ${length} bytes`);
}

/**
 * Reads the header: the place, type and shape of every tensor.
 * @throws UserError if it is no safetensors header, or if the tensors do not fill the rest of the file, one after another
 * (so does a header that names a tensor twice)
 */
export function parseHeader(path: string, bytes: Uint8Array, fileSize: number): Header {
  const { __metadata__: free, ...fields } = parseObject(path, bytes);
  const header = headerSchema.safeParse(fields);
  if (!header.success) throw misshapen(path, header.error);
  const metadata = metadataSchema.safeParse(free);
  if (!metadata.success) throw misshapen(`${path} __metadata__`, metadata.error);
  const origin = lengthBytes + bytes.length;
  const entries = Object.entries(header.data).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => [name, { dtype, shape, start: origin + start, end: origin + end }] as const,
  );
  for (const [name, entry] of entries) checkEntry(path, name, entry, fileSize);
  checkCover(path, entries, origin, fileSize);
  return { entries: new Map(entries), metadata: metadata.data };
}

function parseObject(path: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw broken(path, 'a JSON header', 'something else', cause);
  }
}

function misshapen(where: string, { issues: [issue] }: z.ZodError): UserError {
  const place = issue === undefined || issue.path.length === 0 ? where : `${where} ${issue.path.join(' ')}`;
  return broken(place, 'what a safetensors header holds', issue?.message ?? 'something else');
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

/** By the format tensors neither overlap nor leave holes; a name that stands twice leaves one. */
function checkCover(
  path: string,
  entries: readonly (readonly [string, TensorEntry])[],
  origin: number,
  fileSize: number,
): void {
  let filled = origin;
  for (const [name, { start, end }] of entries.toSorted(
    ([, a], [, b]) => a.start - b.start || a.end - b.end,
  )) {
    if (start !== filled || end < start)
      throw broken(`${path} ${name}`, `a tensor from byte ${filled} on`, `bytes ${start} to ${end}`);
    filled = end;
  }
  if (filled !== fileSize)
    throw broken(path, `tensors up to byte ${fileSize}, the last`, `none after byte ${filled}`);
}

/** The error for a file that breaks the format. */
export function broken(where: string, expected: string, got: string, cause?: unknown): UserError {
  const remedy = 'The file is damaged or incomplete: fetch it again.';
  return new UserError({ where, expected, got, remedy }, { cause });
}
