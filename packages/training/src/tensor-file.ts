import { open, stat } from 'node:fs/promises';
import { type Json, UserError, writeFileAtomically } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';

/** Groups of named float tensors, such as weights and moments. */
export type TensorGroups = Readonly<Record<string, NamedTensors>>;

interface Entry {
  readonly group: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

interface Header {
  readonly state: Json;
  readonly entries: readonly Entry[];
}

const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * Writes a state and tensors as one file, by write-then-rename. Layout: length of the header (8 bytes, little endian),
 * header (JSON), raw float32 values in the header's order. (Not safetensors: its names are one flat list, and files
 * of checkpoints are ours alone.)
 */
export async function writeTensorFile(path: string, state: Json, groups: TensorGroups): Promise<void> {
  const tensors = Object.entries(groups).flatMap(([group, named]) =>
    Object.entries(named).map(([name, { shape, data }]) => ({ group, name, shape, data })),
  );
  const entries = tensors.map(({ group, name, shape, data }) => ({
    group,
    name,
    shape,
    bytes: data.byteLength,
  }));
  const header = Buffer.from(JSON.stringify({ state, entries } satisfies Header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFileAtomically(path, [length, header, ...tensors.map(({ data }) => bytesOf(data))]);
}

/**
 * Reads what {@link writeTensorFile} wrote; null where there is no such file.
 *
 * @throws UserError if the file is shorter or longer than its header says
 */
export async function readTensorFile(path: string): Promise<{ state: Json; groups: TensorGroups } | null> {
  const info = await stat(path).catch(() => null);
  if (info === null) return null;
  const file = await open(path);
  try {
    const read = async (target: Uint8Array): Promise<void> => {
      const { bytesRead } = await file.read(target, 0, target.length);
      if (bytesRead !== target.length) throw damaged(path, `${String(info.size)} bytes`);
    };
    const length = Buffer.alloc(8);
    await read(length);
    const headerLength = Number(length.readBigUInt64LE());
    if (headerLength > info.size) throw damaged(path, `${String(info.size)} bytes`);
    const header = Buffer.alloc(headerLength);
    await read(header);
    const { state, entries } = JSON.parse(header.toString()) as Header;
    const expected = 8 + headerLength + entries.reduce((sum, { bytes }) => sum + bytes, 0);
    if (info.size !== expected) throw damaged(path, `${String(info.size)} of ${String(expected)} bytes`);
    const groups: Record<string, Record<string, NamedTensors[string]>> = {};
    for (const { group, name, shape, bytes } of entries) {
      const data = new Float32Array(bytes / Float32Array.BYTES_PER_ELEMENT);
      await read(bytesOf(data));
      (groups[group] ??= {})[name] = { dtype: 'float32', shape, data };
    }
    return { state, groups };
  } finally {
    await file.close();
  }
}

const damaged = (path: string, got: string): UserError =>
  new UserError({
    where: path,
    expected: 'a whole checkpoint',
    got,
    remedy: 'Delete the file; training then starts from the beginning.',
  });
