import { setImmediate as turn } from 'node:timers/promises';
import type { NamedTensors } from '@im-bert/models';
import { blockSize } from './adam-kernel.ts';

/** Blocks between two turns of the event loop: about 10 ms of work. */
const blocksPerTurn = 256;
/** Elements of a segment: a row or so of a table of word embeddings. */
const segmentSize = 512;
const zeros = Buffer.alloc(segmentSize * Float32Array.BYTES_PER_ELEMENT);

/** A flag a segment of a tensor, none of them set. */
export function segmentFlags(values: Float32Array): Uint8Array {
  return new Uint8Array(Math.ceil(values.length / segmentSize));
}

/** Sets the flags of the segments that are not all zero; leaves the others. */
export function markNonzero(flags: Uint8Array, values: Float32Array): void {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  flags.forEach((flag, segment) => {
    if (flag === 1) return;
    const start = segment * zeros.length;
    const end = Math.min(start + zeros.length, bytes.length);
    if (bytes.compare(zeros, 0, end - start, start, end) !== 0) flags[segment] = 1;
  });
}

/**
 * Blocks of every tensor as [name, start, end), with a turn of the event loop now and then.
 *
 * @param segmentsOf flags of the segments to visit; all of them without it
 */
export async function* blocks(
  tensors: NamedTensors,
  segmentsOf?: (name: string) => Uint8Array,
): AsyncGenerator<readonly [string, number, number]> {
  let count = 0;
  for (const [name, { data }] of Object.entries(tensors)) {
    const segments = segmentsOf?.(name);
    for (let start = 0; start < data.length; start += blockSize)
      for (const [from, to] of runs(segments, start, Math.min(data.length, start + blockSize))) {
        yield [name, from, to];
        if (++count % blocksPerTurn === 0) await turn();
      }
  }
}

/** The runs of flagged segments within [start, end), both of them at segments' bounds. */
function* runs(
  segments: Uint8Array | undefined,
  start: number,
  end: number,
): Generator<readonly [number, number], void> {
  if (segments === undefined) {
    yield [start, end];
    return;
  }
  const upTo = segments.subarray(0, Math.ceil(end / segmentSize));
  let first = upTo.indexOf(1, start / segmentSize);
  while (first >= 0) {
    const gap = upTo.indexOf(0, first);
    const last = gap < 0 ? upTo.length : gap;
    yield [first * segmentSize, Math.min(end, last * segmentSize)];
    first = upTo.indexOf(1, last);
  }
}
