import { boolTensor, floatTensor, type FloatTensor, intTensor } from '@im-bert/core';

/** A float vector. */
export function vector(...values: number[]): FloatTensor {
  return floatTensor(Float32Array.from(values), [values.length]);
}

/** A float scalar. */
export function scalar(value: number): FloatTensor {
  return floatTensor(Float32Array.of(value), []);
}

/** An int32 vector. */
export function integers(...values: number[]) {
  return intTensor(Int32Array.from(values), [values.length]);
}

/** A bool vector. */
export function truths(...values: boolean[]) {
  return boolTensor(Uint8Array.from(values, Number), [values.length]);
}
