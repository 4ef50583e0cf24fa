import { type FloatTensor, floatTensor, UserError, writeFileAtomically } from '@im-bert/core';
import { type FileHandle, open } from 'node:fs/promises';
import { Checksum, checksumKey, noChecksum } from './checksum.ts';
import { broken, checkHeaderLength, type Header, lengthBytes, parseHeader } from './safetensors-header.ts';
import { isStoredType, storedTypes, type StoredTypeName } from './stored-type.ts';

/** An open safetensors file, whose tensors are read one by one. Close it after use. */
export interface SafetensorsFile extends Header {
  /** Whether the file holds a checksum of all its bytes (it is one of ours), and the checksum fits. */
  readonly isChecked: boolean;
  /** Reads one tensor, widened to float32. @throws UserError if there is none of that name, or it holds no floats */
  read(name: string): Promise<FloatTensor>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its header against its size (format: github.com/huggingface/safetensors), and its
 * bytes against its checksum where it holds one.
 * @throws UserError if the file is missing, truncated or damaged
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const lengthField = await readBytes(file, path, 0, Math.min(lengthBytes, size));
    if (lengthField.length < lengthBytes) throw broken(path, 'a safetensors file', `one of ${size} bytes`);
    const length = checkHeaderLength(path, new DataView(lengthField.buffer).getBigUint64(0, true), size);
    const bytes = await readBytes(file, path, lengthBytes, length);
    const header = parseHeader(path, bytes, size);
    const isChecked = header.metadata[checksumKey] !== undefined;
    if (isChecked) await checkBytes(file, path, new Checksum(lengthField, bytes), lengthBytes + length, size);
    return {
      ...header,
      isChecked,
      read: (name) => readTensor(file, path, name, header.entries),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes that are read at a time. */
const blockBytes = 2 ** 22;

async function checkBytes(
  file: FileHandle,
  path: string,
  checksum: Checksum,
  origin: number,
  size: number,
): Promise<void> {
  for (let start = origin; start < size; start += blockBytes)
    checksum.update(await readBytes(file, path, start, Math.min(blockBytes, size - start)));
  if (!checksum.fits()) throw broken(path, 'bytes that fit the checksum within', 'others');
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new UserError(
      {
        where: path,
        expected: 'a readable safetensors file',
        got: cause instanceof Error ? cause.message : 'none',
        remedy: 'Other formats, such as pytorch_model.bin, must be converted to model.safetensors first.',
      },
      { cause },
    );
  }
}

/** The system reads less than 2 GiB at a time. */
const longestRead = 2 ** 30;

async function readBytes(
  file: FileHandle,
  path: string,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(
      bytes,
      filled,
      Math.min(longestRead, length - filled),
      start + filled,
    );
    if (bytesRead === 0) throw broken(path, `${start + length} bytes`, `${start + filled}: it is truncated`);
    filled += bytesRead;
  }
  return bytes;
}

async function readTensor(
  file: FileHandle,
  path: string,
  name: string,
  entries: Header['entries'],
): Promise<FloatTensor> {
  const entry = entries.get(name);
  if (entry === undefined)
    throw new UserError({ where: path, expected: `a tensor ${name}`, got: 'none of that name' });
  const { dtype, shape, start, end } = entry;
  if (!isStoredType(dtype))
    throw new UserError({
      where: `${path} ${name}`,
      expected: `one of ${Object.keys(storedTypes).join(', ')}`,
      got: dtype,
    });
  return floatTensor(storedTypes[dtype].decode(await readBytes(file, path, start, end - start)), shape);
}

/** How tensors are written. */
export interface SafetensorsOptions {
  /** Element type in the file; ones narrower than F32, the default, round to nearest even. */
  readonly dtype?: StoredTypeName;
  /** Text by name that the file holds beside the tensors. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes tensors as one safetensors file with a checksum of all its bytes, whole or not at all. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, FloatTensor>>,
  { dtype = 'F32', metadata = {} }: SafetensorsOptions = {},
): Promise<void> {
  const { encode } = storedTypes[dtype];
  const header = headerOf(tensors, dtype, metadata);
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(header.length));
  const payload = Object.values(tensors).map(({ data }) => encode(data));
  const checksum = new Checksum(length, header);
  for (const bytes of payload) checksum.update(bytes);
  await writeFileAtomically(path, [length, checksum.sealedHeader(), ...payload]);
}

/** The header, without its checksum yet. */
function headerOf(
  tensors: Readonly<Record<string, FloatTensor>>,
  dtype: StoredTypeName,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let offset = 0;
  const fields: (readonly [string, unknown])[] = Object.entries(tensors).map(([name, { shape, data }]) => {
    const start = offset;
    offset += data.length * storedTypes[dtype].bytes;
    return [name, { dtype, shape, data_offsets: [start, offset] }];
  });
  const free = { [checksumKey]: noChecksum, format: 'pt', ...metadata };
  // Field by field, since an object would put names that are numbers before all others.
  const text = [['__metadata__', free] as const, ...fields].map((field) =>
    field.map((part) => JSON.stringify(part)).join(':'),
  );
  const whole = `{${text.join(',')}}`;
  return Buffer.from(whole + ' '.repeat((8 - (Buffer.byteLength(whole) % 8)) % 8)); // aligns the tensors
}
