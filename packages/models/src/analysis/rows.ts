import { floatTensor, type FloatTensor } from '@im-bert/core';

/** The tensor [B, L, D] with zeros on padding. @param mask [B, L], 1 = token */
export function tokensOnly({ data, shape }: FloatTensor, mask: FloatTensor): FloatTensor {
  const width = shape[2] ?? 0;
  return floatTensor(
    data.map((value, at) => value * (mask.data[Math.floor(at / width)] ?? 0)),
    shape,
  );
}

/** Views of the rows of a tensor [B, ...], flat. */
export function rowsOf({ data, shape }: FloatTensor): readonly Float32Array[] {
  const [rows = 0] = shape;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * size, (row + 1) * size));
}
