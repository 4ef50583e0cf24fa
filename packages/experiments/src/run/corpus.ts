import { createHash } from 'node:crypto';
import { type AdvGlueTask, randomStream, UserError } from '@im-bert/core';
import { type DataStore, embeddedCorpus, type Example, type Hub, openDataStore } from '@im-bert/data';
import type { CellSpec } from '../plan/cell.ts';

/** A task's three sets of examples. */
export interface TaskExamples {
  readonly train: readonly Example[];
  /** Held out, for the clean score. */
  readonly clean: readonly Example[];
  readonly adversarial: readonly Example[];
  /** True where `clean` is a part of the training file, because the hub has no validation file. */
  readonly heldOut: boolean;
}

/** Where examples come from. */
export interface Corpus {
  /** Makes sure that a task's examples are there; loads them if need be. */
  ensure(task: AdvGlueTask): Promise<void>;
  /** What the cell ids depend on; empty for a task that is not loaded. */
  digest(task: AdvGlueTask): string;
  examples(task: AdvGlueTask): Promise<TaskExamples>;
  close(): void;
}

/** The seed of the embedded corpora; cells of different seeds sample from the same corpus. */
const corpusSeed = 1;

/** As many as AdvGLUE dev has of its larger tasks: scoring more would be half of a quick run. */
const embeddedTwins = 150;

function embeddedExamples(task: AdvGlueTask): TaskExamples {
  const { train, validation, adversarial } = embeddedCorpus(task, { seed: corpusSeed });
  const twins = sample(adversarial, embeddedTwins, corpusSeed, `sample/${task}/adversarial`);
  return { train, clean: validation, adversarial: twins, heldOut: false };
}

/** The synthetic corpora that come with the package. */
export function openEmbeddedCorpus(): Corpus {
  const made = new Map<AdvGlueTask, TaskExamples>();
  const examples = (task: AdvGlueTask): TaskExamples => {
    const known = made.get(task) ?? embeddedExamples(task);
    made.set(task, known);
    return known;
  };
  return {
    ensure: () => Promise.resolve(),
    digest: (task) =>
      createHash('sha256')
        .update(JSON.stringify(examples(task)))
        .digest('hex'),
    examples: (task) => Promise.resolve(examples(task)),
    close: () => undefined,
  };
}

/** The digest of a task, or nothing where the store lacks it. */
function digestIn(store: DataStore, task: AdvGlueTask): string {
  try {
    return store.digest(task);
  } catch (error) {
    if (error instanceof UserError) return '';
    throw error;
  }
}

async function readTask(store: DataStore, task: AdvGlueTask): Promise<TaskExamples> {
  const status = await store.status();
  const validation = status.find((entry) => entry.task === task && entry.split === 'validation');
  return {
    train: await store.examples(task, 'train'),
    clean: await store.examples(task, 'validation'),
    adversarial: await store.examples(task, 'adversarial'),
    heldOut: validation?.content?.heldOut === true,
  };
}

/** The data store at `path`, filled from `hub` as tasks are asked for. @throws UserError if another process holds it */
export async function openHubCorpus(path: string, hub: Hub): Promise<Corpus> {
  const store = await openDataStore(path);
  const known = new Map<AdvGlueTask, TaskExamples>();
  return {
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

function sample(
  examples: readonly Example[],
  limit: number | 'all',
  seed: number,
  name: string,
): readonly Example[] {
  if (limit === 'all' || limit >= examples.length) return examples;
  return randomStream(seed, name).shuffle(examples).slice(0, limit);
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
