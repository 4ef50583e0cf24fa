import { type FloatTensor, floatTensor, UserError, writeFileAtomically } from '@im-bert/core';
import { type FileHandle, open } from 'node:fs/promises';
import {
  broken,
  checkHeaderLength,
  lengthBytes,
  parseHeader,
  type TensorEntry,
} from './safetensors-header.ts';
import { isStoredType, storedTypes, type StoredTypeName } from './stored-type.ts';

/** An open safetensors file, whose tensors are read one by one. Close it after use. */
export interface SafetensorsFile {
  /** Name, type, shape and place of every tensor in the file. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Reads one tensor, widened to float32. @throws UserError if there is none of that name, or it holds no floats */
  read(name: string): Promise<FloatTensor>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its header against its size (format: github.com/huggingface/safetensors).
 * @throws UserError if the file is missing, truncated or damaged
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const lengthField = await readBytes(file, path, 0, Math.min(lengthBytes, size));
    if (lengthField.length < lengthBytes) throw broken(path, 'a safetensors file', `one of ${size} bytes`);
    const length = checkHeaderLength(path, new DataView(lengthField.buffer).getBigUint64(0, true), size);
    const header = await readBytes(file, path, lengthBytes, length);
    const entries = parseHeader(path, new TextDecoder().decode(header), size);
    return { entries, read: (name) => readTensor(file, path, name, entries), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
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

async function readBytes(
  file: FileHandle,
  path: string,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw broken(path, `${start + length} bytes`, `${start + filled}: it is truncated`);
    filled += bytesRead;
  }
  return bytes;
}

async function readTensor(
  file: FileHandle,
  path: string,
  name: string,
  entries: ReadonlyMap<string, TensorEntry>,
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

/**
 * Writes tensors as one safetensors file, whole or not at all.
 * @param dtype element type in the file; narrower ones than F32 round to nearest even
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, FloatTensor>>,
  dtype: StoredTypeName = 'F32',
): Promise<void> {
  const { bytes, encode } = storedTypes[dtype];
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const start = offset;
    offset += data.length * bytes;
    return [name, { dtype, shape, data_offsets: [start, offset] }] as const;
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8)); // aligns the tensors
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFileAtomically(path, [
    length,
    header,
    ...Object.values(tensors).map(({ data }) => encode(data)),
  ]);
}
