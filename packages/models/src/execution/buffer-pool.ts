import { type FloatTensor, floatTensor, sizeOf } from '@im-bert/core';

/** Float buffers by number, kept from pass to pass; each grows to the largest shape that it was asked for. */
export class BufferPool {
  readonly #buffers = new Map<number, Float32Array>();

  /** The numbered buffer in that shape; its content is whatever was written last. */
  get(number: number, shape: readonly number[]): FloatTensor {
    const size = sizeOf(shape);
    let buffer = this.#buffers.get(number);
    if (buffer === undefined || buffer.length < size) {
      buffer = new Float32Array(size);
      this.#buffers.set(number, buffer);
    }
    return floatTensor(buffer.subarray(0, size), shape);
  }
}
