import { UserError } from '@im-bert/core';
import type { DataReader, DataStore, EvaluationSet, Hub, SetExample, Task } from '@im-bert/data';

/** A set with what the data store has of it. */
export interface StoredSet {
  readonly set: EvaluationSet;
  readonly examples: readonly SetExample[];
  /** Examples that occur in the task's training data; null where that is not real data. */
  readonly inTraining: number | null;
}

/** The further sets that an experiment names. */
export interface SetAccess {
  /** Makes sure that sets are there; loads them if need be. @throws UserError if a file is missing or no use */
  ensureSets(sets: readonly EvaluationSet[]): Promise<void>;
  /** What the ids of measurements depend on; empty for a set that is not loaded. */
  setDigest(set: EvaluationSet): string;
  /** A set that was ensured. */
  storedSet(name: string, task: Task): Promise<StoredSet>;
}

export function digestOfSet(store: Pick<DataReader, 'setDigest'> | undefined, set: EvaluationSet): string {
  return store?.setDigest(set) ?? '';
}

/** The sets of a data store, filled from `hub` as they are asked for. */
export function setsIn(store: DataStore, hub: Hub): SetAccess {
  const known = new Map<string, EvaluationSet>();
  return {
    ensureSets: async (sets) => {
      for (const set of sets) {
        await store.ensureSet(set, hub);
        known.set(set.name, set);
      }
    },
    setDigest: (set) => digestOfSet(store, set),
    storedSet: async (name, task) => {
      const set = known.get(name);
      if (set === undefined)
        throw new UserError({ where: name, expected: 'a set that is loaded', got: 'none' });
      const status = (await store.setStatus()).find((one) => one.name === name);
      const shared = status?.contamination.find((one) => one.task === task)?.examples ?? null;
      return { set, examples: await store.setExamples(set), inTraining: shared };
    },
  };
}

/** For experiments that name none. */
export const noSets: SetAccess = {
  ensureSets: () => Promise.resolve(),
  setDigest: () => '',
  storedSet: (name) =>
    Promise.reject(new UserError({ where: name, expected: 'a set that is loaded', got: 'none' })),
};
