import { appendFile } from 'node:fs/promises';
import { randomStream, systemFault, UserError } from '@im-bert/core';
import type { Example, Texts } from '@im-bert/data';
import { sentenceCosines, type SentenceEncoder } from '../constraints/similarity.ts';
import type { Attack, Found } from './attack.ts';
import { BatchQueue } from './batch-queue.ts';
import { Goal } from './goal.ts';
import { type AttackRecord, readRecords } from './record.ts';
import { lineOf } from './record-line.ts';
import type { Probabilities, Victim } from './victim.ts';

export interface AttackOptions {
  readonly victim: Victim;
  readonly examples: readonly Pick<Example, 'id' | 'texts' | 'label'>[];
  readonly attack: Attack;
  /** Needed by attacks that measure similarity. */
  readonly encoder?: SentenceEncoder;
  readonly seed: number;
  /** Which text of a pair is attacked; default the last, as TextFooler attacks the hypothesis. */
  readonly field?: 0 | 1;
  /** Most inputs that the victim gets at a time; default 32. Changes no number. */
  readonly batchSize?: number;
  /** Examples under attack at a time; default 16. Changes no number. */
  readonly concurrency?: number;
  /** Most queries an example; null, the default, for any number. */
  readonly queryBudget?: number | null;
  /** Gets a JSON line for each example, in the order they end; examples that it has are not attacked again. */
  readonly file?: string;
  readonly onRecord?: (record: AttackRecord, progress: { done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Where the time of a run went. */
export interface AttackTimes {
  readonly seconds: number;
  /** Inside the victim. */
  readonly victimSeconds: number;
  /** Inside the sentence encoder. */
  readonly encoderSeconds: number;
}

interface Queues {
  readonly victim: BatchQueue<Texts, Probabilities>;
  readonly encoder: BatchQueue<string, Float32Array> | undefined;
}

/** The input with another text in the attacked field. */
function around(texts: Texts, field: number): (text: string) => Texts {
  const [first, second] = texts;
  if (second === undefined) return (text) => [text];
  return field === 0 ? (text) => [text, second] : (text) => [first, text];
}

async function attackOne(
  options: AttackOptions,
  { id, texts, label }: AttackOptions['examples'][number],
  queues: Queues,
): Promise<AttackRecord> {
  const { attack, seed, queryBudget = null, signal } = options;
  const field = Math.min(options.field ?? 1, texts.length - 1);
  const given = texts[field] ?? '';
  const original = attack.read(given);
  const ask = (inputs: readonly Texts[]): Promise<readonly Probabilities[]> => queues.victim.ask(inputs);
  const goal = new Goal({ ask, around: around(texts, field), label, budget: queryBudget, signal });
  const [first] = await goal.ask(1, () => original.text);
  if (first === undefined) throw new RangeError('queryBudget: expected at least 1.');
  const { encoder } = queues;
  const cosines = encoder === undefined ? undefined : sentenceCosines((inputs) => encoder.ask(inputs));
  const random = randomStream(seed, `attacks/${attack.name}/${id}`);
  const found: Found = first.succeeds
    ? { text: original.text, answer: first, changes: [] }
    : await attack.search({ original, first, goal, random, cosines });
  return {
    id,
    status: first.succeeds ? 'skipped' : found.answer.succeeds ? 'success' : 'failed',
    queries: goal.queries,
    cacheHits: goal.cacheHits,
    changes: found.changes,
    words: original.words.length,
    label,
    original: original.text,
    perturbed: found.text,
    probabilities: { original: first.probabilities, perturbed: found.answer.probabilities },
    attack: attack.name,
    seed,
  };
}

/** @throws UserError if the file is of another attack or seed */
async function doneBefore({ file, attack, seed }: AttackOptions): Promise<Map<string, AttackRecord>> {
  const records = file === undefined ? [] : await readRecords(file);
  const other = records.find((record) => record.attack !== attack.name || record.seed !== seed);
  if (other !== undefined)
    throw new UserError({
      where: file ?? '',
      expected: `records of ${attack.name}, seed ${seed}`,
      got: `${other.attack}, seed ${other.seed}`,
      remedy: 'Name another file, or remove this one.',
    });
  return new Map(records.map((record) => [record.id, record]));
}

/** @throws UserError that names the file if the disk is full */
async function append(file: string, record: AttackRecord): Promise<void> {
  try {
    await appendFile(file, lineOf(record));
  } catch (error) {
    throw systemFault(error, file) ?? error;
  }
}

/**
 * Attacks examples, many at a time, their queries joined into batches. Every number depends on the example, the attack and
 * the seed alone.
 * @returns the records, in the order of the examples
 * @throws the signal's reason once it is aborted; lines written before stay
 */
export async function runAttacks(
  options: AttackOptions,
): Promise<{ readonly records: readonly AttackRecord[]; readonly times: AttackTimes }> {
  const { victim, encoder, examples, batchSize = 32, concurrency = 16, signal } = options;
  const started = performance.now();
  const known = await doneBefore(options);
  const queues: Queues = {
    victim: new BatchQueue('victim', victim, batchSize),
    encoder: encoder === undefined ? undefined : new BatchQueue('encoder', encoder, batchSize),
  };
  const left = examples.filter(({ id }) => !known.has(id)).values();
  let written = Promise.resolve();
  const finish = async (record: AttackRecord): Promise<void> => {
    known.set(record.id, record);
    const { file } = options;
    if (file !== undefined) written = written.then(() => append(file, record));
    await written;
    options.onRecord?.(record, { done: known.size, total: examples.length });
  };
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const example of left) {
      if (failed) return;
      signal?.throwIfAborted();
      try {
        await finish(await attackOne(options, example, queues));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return {
    records: examples.flatMap(({ id }) => known.get(id) ?? []),
    times: {
      seconds: (performance.now() - started) / 1000,
      victimSeconds: queues.victim.spent.seconds,
      encoderSeconds: queues.encoder?.spent.seconds ?? 0,
    },
  };
}
