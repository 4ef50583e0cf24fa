import { setImmediate as turn } from 'node:timers/promises';
import { type Batch, bucketsUpTo, encodeExamples, type Example, makeBatches } from '@im-bert/data';
import type { Subject } from './measurement.ts';

/**
 * Runs a model over examples in batches and takes each example's part of what came out; fillers are dropped.
 * @param take an example's part, from what its batch gave, the row and the batch's length in tokens
 * @returns in the order of the examples
 * @throws the signal's reason once it is aborted, between two batches
 */
export async function perExample<Result, Item>(
  examples: readonly Example[],
  {
    tokenizer,
    batchSize,
    maxLength,
    signal,
  }: Pick<Subject, 'tokenizer' | 'batchSize' | 'maxLength' | 'signal'>,
  run: (batch: Batch) => Promise<Result>,
  take: (result: Result, row: number) => Item,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const encoded = encodeExamples(tokenizer, examples, maxLength);
  for (const batch of makeBatches(encoded, { batchSize, bucketLengths: bucketsUpTo(maxLength) })) {
    signal.throwIfAborted();
    const result = await run(batch);
    batch.indices.forEach((example, row) => {
      items[example] = take(result, row);
    });
    await turn();
  }
  return items;
}
