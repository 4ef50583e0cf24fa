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
    const [start, end] = [segment, segment + 1].map((index) => Math.min(index * zeros.length, bytes.length));
    if (bytes.compare(zeros, 0, (end ?? 0) - (start ?? 0), start, end) !== 0) flags[segment] = 1;
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
): Generator<readonly [number, number]> {
  if (segments === undefined) return yield [start, end];
  let segment = start / segmentSize;
  const last = Math.ceil(end / segmentSize);
  while (segment < last) {
    const first = segments.subarray(0, last).indexOf(1, segment);
    if (first < 0) return;
    const next = segments.subarray(0, last).indexOf(0, first);
    segment = next < 0 ? last : next;
    yield [first * segmentSize, Math.min(end, segment * segmentSize)];
  }
}
