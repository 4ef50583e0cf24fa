import { createHash } from 'node:crypto';
import { randomStream, UserError } from '@im-bert/core';
import {
  type DataReader,
  embeddedCorpus,
  type Example,
  type Hub,
  openDataStore,
  readDataStore,
  type Split as SplitName,
  type Task,
} from '@im-bert/data';
import { type ExampleSet, probeSize } from '../measurements/measurement.ts';
import type { CellSpec } from '../plan/cell.ts';
import { digestOfSet, noSets, type SetAccess, setsIn } from './set-access.ts';

/** A task's three sets of examples. */
export interface TaskExamples {
  readonly train: readonly Example[];
  /** Held out, for the clean score. */
  readonly clean: readonly Example[];
  readonly adversarial: readonly Example[];
  /** AdvGLUE's test set; empty where the hub has no test_ann.json. */
  readonly test: readonly Example[];
  /** True where `clean` is a part of the training file, because the hub has no validation file. */
  readonly heldOut: boolean;
}

/** Where examples come from. */
export interface Corpus extends SetAccess {
  /** Makes sure that a task's examples are there; loads them if need be. */
  ensure(task: Task): Promise<void>;
  /** What the cell ids depend on; empty for a task that is not loaded. */
  digest(task: Task): string;
  examples(task: Task): Promise<TaskExamples>;
  close(): void;
}

/** The seed of the embedded corpora; cells of different seeds sample from the same corpus. */
const corpusSeed = 1;

/** As many as AdvGLUE dev has of its larger tasks: scoring more would be half of a quick run. */
const embeddedTwins = 150;

function embeddedExamples(task: Task): TaskExamples {
  if (task === 'imdb')
    throw new UserError({
      where: 'tasks',
      expected: 'a task of AdvGLUE for embedded data',
      got: 'imdb',
      remedy: 'Set data.source to hub, or take sst2.',
    });
  const { train, validation, adversarial } = embeddedCorpus(task, { seed: corpusSeed });
  const twins = sample(adversarial, embeddedTwins, corpusSeed, `sample/${task}/adversarial`);
  return { train, clean: validation, adversarial: twins, test: [], heldOut: false };
}

function hashOf(examples: TaskExamples): string {
  return createHash('sha256').update(JSON.stringify(examples)).digest('hex');
}

/** The synthetic corpora that come with the package. */
export function openEmbeddedCorpus(sets: SetAccess = noSets, close = (): void => undefined): Corpus {
  const made = new Map<Task, TaskExamples>();
  const digests = new Map<Task, string>();
  const examples = (task: Task): TaskExamples => {
    const known = made.get(task) ?? embeddedExamples(task);
    made.set(task, known);
    return known;
  };
  return {
    ...sets,
    ensure: () => Promise.resolve(),
    digest: (task) => {
      const digest = digests.get(task) ?? hashOf(examples(task));
      digests.set(task, digest); // a plan asks for it once a cell
      return digest;
    },
    examples: (task) => Promise.resolve(examples(task)),
    close,
  };
}

/** The digest of a task, or nothing where the store lacks it. */
function digestIn(store: DataReader, task: Task): string {
  try {
    return store.digest(task);
  } catch (error) {
    if (error instanceof UserError) return '';
    throw error;
  }
}

async function readTask(store: DataReader, task: Task): Promise<TaskExamples> {
  const status = await store.status();
  const content = (split: SplitName) =>
    status.find((entry) => entry.task === task && entry.split === split)?.content ?? null;
  const examples = async (split: SplitName): Promise<Example[]> =>
    content(split) === null ? [] : store.examples(task, split);
  return {
    train: await store.examples(task, 'train'),
    clean: await store.examples(task, 'validation'),
    adversarial: await examples('adversarial'),
    test: await examples('adversarial-test'),
    heldOut: content('validation')?.heldOut === true,
  };
}

/** The data store at `path`, filled from `hub` as tasks are asked for. @throws UserError if another process holds it */
export async function openHubCorpus(path: string, hub: Hub): Promise<Corpus> {
  const store = await openDataStore(path);
  const known = new Map<Task, TaskExamples>();
  return {
    ...setsIn(store, hub),
    ensure: async (task) => {
      if (await store.ensure(task, hub)) known.delete(task);
    },
    digest: (task) => digestIn(store, task),
    examples: async (task) => {
      const examples = known.get(task) ?? (await readTask(store, task));
      known.set(task, examples);
      return examples;
    },
    close: () => {
      store.close();
    },
  };
}

/** What a plan needs of a corpus: what its cells' ids depend on. */
export type Digests = Pick<Corpus, 'digest' | 'setDigest' | 'close'>;

/** The digests of the data store at `path` as it is now, also while a run fills it; all empty where there is none. */
export async function readHubDigests(path: string): Promise<Digests> {
  const store = await readDataStore(path);
  return {
    digest: (task) => (store === undefined ? '' : digestIn(store, task)),
    setDigest: (set) => digestOfSet(store, set),
    close: () => store?.close(),
  };
}

function sample(
  examples: readonly Example[],
  limit: number | 'all',
  seed: number,
  name: string,
): readonly Example[] {
  if (limit === 'all' || limit >= examples.length) return examples;
  return randomStream(seed, name).shuffle(examples).slice(0, limit);
}

/** Held-out examples that are attacked, their last text cut to so many words; the same for every row and seed. */
function attackExamples(
  { clean }: TaskExamples,
  { task, evaluation }: Pick<CellSpec, 'task' | 'evaluation'>,
): readonly Example[] {
  const { examples = 0, words = Infinity } = evaluation.attack ?? {};
  const cut = (text: string): string => text.trim().split(/\s+/).slice(0, words).join(' ');
  return sample(clean, examples, 0, `sample/${task}/attack`).map((example) => {
    const [first, second] = example.texts;
    return { ...example, texts: second === undefined ? [cut(first)] : [first, cut(second)] };
  });
}

/**
 * The examples of one cell. Which ones depends on task and seed alone, so every row of a seed sees the same; the clean
 * ones are the same for every seed too.
 */
export function sampleExamples(all: TaskExamples, spec: CellSpec): TaskExamples {
  return {
    ...all,
    train: sample(all.train, spec.data.train, spec.seed, `sample/${spec.task}/train`),
    clean: sample(all.clean, spec.evaluation.clean, 0, `sample/${spec.task}/clean`),
  };
}

/** The adversarial examples whose text before the attack is known, under the same ids with that text. */
function originalsOf(adversarial: readonly Example[]): Example[] {
  return adversarial.flatMap((example) =>
    example.original === undefined ? [] : [{ ...example, texts: example.original }],
  );
}

/** The examples that a cell's model is measured on. */
export function examplesOf(set: ExampleSet, all: TaskExamples, spec: CellSpec): readonly Example[] {
  const { clean, adversarial, test } = sampleExamples(all, spec);
  switch (set) {
    case 'clean':
      return clean;
    case 'adversarial':
      return adversarial;
    case 'original':
      return originalsOf(adversarial);
    case 'test':
      return test;
    case 'attack':
      return attackExamples(all, spec);
    case 'probe':
      return (adversarial.length > 0 ? adversarial : clean).slice(0, probeSize(spec));
  }
}
