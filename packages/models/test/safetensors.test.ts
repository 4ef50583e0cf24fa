import { floatTensor, UserError } from '@im-bert/core';
import { openSafetensors, type StoredTypeName, writeSafetensors } from '@im-bert/models';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-bert-safetensors-'));
  path = join(folder, 'model.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

async function roundTrip(values: readonly number[], dtype: StoredTypeName): Promise<readonly number[]> {
  await writeSafetensors(
    path,
    { weight: floatTensor(Float32Array.from(values), [values.length]) },
    { dtype },
  );
  const file = await openSafetensors(path);
  const { data } = await file.read('weight');
  await file.close();
  return [...data];
}

test('float32 values come back bit for bit, several tensors in one file', async () => {
  const [a, b] = [
    floatTensor(Float32Array.of(0.1, -Infinity, 1e-45), [3]),
    floatTensor(Float32Array.of(1, 2, 3, 4), [2, 2]),
  ];
  await writeSafetensors(path, { 'a.weight': a, b });
  const file = await openSafetensors(path);
  expect(await file.read('b')).toEqual(b);
  expect(await file.read('a.weight')).toEqual(a);
  await file.close();
});

test('every half-precision number survives being widened and narrowed again', async () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index).filter(
    (half) => (half & 0x7c00) !== 0x7c00,
  );
  const header = JSON.stringify({
    weight: { dtype: 'F16', shape: [bits.length], data_offsets: [0, bits.length * 2] },
  });
  const length = new BigUint64Array([BigInt(header.length)]);
  await writeFile(
    path,
    Buffer.concat([Buffer.from(length.buffer), Buffer.from(header), Buffer.from(bits.buffer)]),
  );
  const file = await openSafetensors(path);
  const wide = await file.read('weight');
  await file.close();
  await writeSafetensors(path, { weight: wide }, { dtype: 'F16' });
  const stored = await readFile(path);
  expect(stored.subarray(stored.length - bits.length * 2).equals(Buffer.from(bits.buffer))).toBe(true);
});

test.each<[StoredTypeName, readonly number[], readonly number[]]>([
  // Ties go to the even neighbour; 65,519 is below the tie with 65,536, which is out of range.
  [
    'F16',
    [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, -65520],
    [1, 1 + 2 ** -9, 65504, Infinity, -Infinity],
  ],
  ['F16', [2 ** -25, 1.5 * 2 ** -24, 2 ** -15, -1e-9], [0, 2 ** -23, 2 ** -15, -0]],
  [
    'BF16',
    [1 + 2 ** -8, 1 + 3 * 2 ** -8, -3e38, 3.4e38],
    [1, 1 + 2 ** -6, -(1 + 98 / 128) * 2 ** 127, Infinity],
  ],
])('%s rounds to the nearest, ties to even', async (dtype, values, rounded) => {
  const back = await roundTrip(values, dtype);
  expect(back).toEqual(rounded);
});

test.each<StoredTypeName>(['F16', 'BF16'])('NaN stays NaN as %s', async (dtype) => {
  expect(await roundTrip([NaN], dtype)).toEqual([NaN]);
});

async function complaintAfter(change: (bytes: Buffer) => Uint8Array): Promise<string> {
  await writeSafetensors(path, { weight: floatTensor(new Float32Array(6), [2, 3]) });
  await writeFile(path, change(await readFile(path)));
  const failure: unknown = await openSafetensors(path).then(
    (file) => file.close(),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(UserError);
  return failure instanceof UserError ? failure.message : '';
}

test('a file cut off in its data is named as truncated', async () => {
  expect(await complaintAfter((bytes) => bytes.subarray(0, bytes.length - 1))).toMatch(
    /model\.safetensors weight: expected \d+ bytes in the file, got \d+: it is truncated\. .*fetch it again/,
  );
});

test('a file cut off in its header, or before it, is one clear line', async () => {
  for (const length of [0, 5, 8, 20]) {
    expect(await complaintAfter((bytes) => bytes.subarray(0, length))).toMatch(
      /^[^\n]*model\.safetensors: expected [^\n]*$/,
    );
  }
});

test('a page of HTML that was saved under the name is refused without reading gigabytes', async () => {
  expect(await complaintAfter(() => Buffer.from('<!DOCTYPE html><html>404</html>'))).toMatch(
    /a header of at most/,
  );
});

test('a header whose sizes do not fit its shapes is refused', async () => {
  expect(
    await complaintAfter((bytes) =>
      Buffer.from(bytes.toString('latin1').replace('[2,3]', '[2,4]'), 'latin1'),
    ),
  ).toMatch(/weight: expected 32 bytes for F32 \[2, 4\], got 24/);
});

test('a tensor of integers is no float, and says so', async () => {
  const header = JSON.stringify({ ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } });
  const length = new BigUint64Array([BigInt(header.length)]);
  await writeFile(path, Buffer.concat([Buffer.from(length.buffer), Buffer.from(header), Buffer.alloc(8)]));
  const file = await openSafetensors(path);
  await expect(file.read('ids')).rejects.toThrow(/ids: expected one of F32, F16, BF16, got I64/);
  await expect(file.read('weight')).rejects.toThrow(/expected a tensor weight, got none/);
  await file.close();
});

test('a missing file names itself and the format that it should have', async () => {
  await expect(openSafetensors(join(folder, 'none.safetensors'))).rejects.toThrow(
    /none\.safetensors: .*must be converted/,
  );
});

async function damage(change: (bytes: Buffer) => unknown): Promise<void> {
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}

test('any bit of a file of ours that flips is found by its checksum', async () => {
  await writeSafetensors(
    path,
    { '0': floatTensor(Float32Array.of(1, 2), [2]) },
    { metadata: { note: 'état' } },
  );
  const whole = await readFile(path);
  const bits = fc.record({ byte: fc.nat(whole.length - 1), bit: fc.nat(7) });
  await fc.assert(
    fc.asyncProperty(bits, async ({ byte, bit }) => {
      const bytes = Buffer.from(whole);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      await writeFile(path, bytes);
      const outcome = await openSafetensors(path).then(
        async (file) => {
          const { isChecked } = file;
          await file.close();
          return isChecked; // a key of the checksum that was hit makes it another tool's file
        },
        (error: unknown) => error,
      );
      expect(outcome === false || outcome instanceof UserError).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('tensors that overlap, leave holes or stand twice are refused', async () => {
  const two = {
    'weight.a': floatTensor(Float32Array.of(1, 2), [2]),
    'weight.b': floatTensor(Float32Array.of(3, 4), [2]),
  };
  for (const [from, to] of [
    ['[8,16]', '[0,8] '],
    ['weight.b', 'weight.a'],
  ] as const) {
    await writeSafetensors(path, two);
    await damage((bytes) => bytes.write(to, bytes.indexOf(from), 'latin1'));
    await expect(openSafetensors(path)).rejects.toThrow(/model\.safetensors.*: expected .*tensor/);
  }
});

test('names and values of any kind come back, and any bytes as a header are one clear line', async () => {
  const values = fc.float32Array({ maxLength: 5, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), values),
      fc.dictionary(fc.string(), fc.string()),
      async (named, metadata) => {
        const names = Object.keys(named).filter((name) => !['__metadata__', '__proto__'].includes(name));
        const tensors = Object.fromEntries(
          names.map((name) => [
            name,
            floatTensor(named[name] ?? new Float32Array(), [named[name]?.length ?? 0]),
          ]),
        );
        await writeSafetensors(path, tensors, { metadata: { metadata: JSON.stringify(metadata) } });
        const file = await openSafetensors(path);
        for (const name of names) expect(await file.read(name)).toEqual(tensors[name]);
        expect(file.metadata['metadata']).toBe(JSON.stringify(metadata));
        await file.close();
      },
    ),
    { numRuns: 50 },
  );
  const anything = fc.oneof(fc.json(), fc.string()).map((text) => Buffer.from(text));
  await fc.assert(
    fc.asyncProperty(anything, async (header) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      await writeFile(path, Buffer.concat([length, header, Buffer.from('tail')]));
      await expect(openSafetensors(path)).rejects.toThrow(UserError);
    }),
    { numRuns: 50 },
  );
});
