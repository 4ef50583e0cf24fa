import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf, UserError } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { type AdamState, initialAdamState } from './adam.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';
import { mapTensors } from './named-tensors.ts';
import type { StepRecord, ValidationRecord } from './records.ts';

/** The epoch whose weights are kept: that of the lowest validation loss so far. */
export interface BestEpoch {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
}

/**
 * Everything that a run is after a step. Random numbers have no state of their own: every batch order and mask follows
 * from the seed and the step (see `seededDropout`), so `steps.length` says where they stand.
 */
export interface RunState {
  readonly parameters: NamedTensors;
  readonly adam: AdamState;
  /** What the objective remembers from step to step. */
  readonly memory: NamedTensors;
  readonly steps: StepRecord[];
  readonly validations: ValidationRecord[];
  best: BestEpoch | null;
}

/** What a checkpoint holds beside its tensors. */
interface Saved {
  readonly fingerprint: string;
  readonly updates: number;
  readonly steps: readonly StepRecord[];
  readonly validations: readonly ValidationRecord[];
  readonly best: BestEpoch | null;
}

/** A run's files in its folder: `checkpoint.safetensors`, and `best-<step>.safetensors` with the best weights so far. */
export class RunFolder {
  readonly #folder: string;
  readonly #fingerprint: string;

  /** @param fingerprint hash of everything that the run's numbers depend on */
  constructor(folder: string, fingerprint: string) {
    this.#folder = folder;
    this.#fingerprint = fingerprint;
  }

  /**
   * The state at the last checkpoint, or the state before the first step of a copy of `initial`.
   *
   * @param memory what the objective remembers before the first step
   * @throws UserError if the checkpoint is another run's or damaged
   */
  async load(initial: NamedTensors, memory: NamedTensors): Promise<RunState> {
    const path = join(this.#folder, checkpointName);
    const file = await readCheckpoint(path);
    if (file === null) return initialState(initial, memory);
    const saved = file.state as Saved;
    if (saved.fingerprint !== this.#fingerprint)
      throw new UserError({
        where: path,
        expected: 'a checkpoint of this run (same settings, seed, model and number of batches)',
        got: "another run's",
        remedy: 'Choose another folder, or delete this one.',
      });
    const { weights = {}, mean = {}, square = {}, memory: remembered = {} } = file.groups;
    return {
      parameters: weights,
      adam: { updates: saved.updates, mean, square },
      memory: remembered,
      steps: [...saved.steps],
      validations: [...saved.validations],
      best: saved.best,
    };
  }

  /** Writes the checkpoint, then removes best weights that it no longer names. */
  async save({ parameters, adam, memory, steps, validations, best }: RunState): Promise<void> {
    const state: Saved = { fingerprint: this.#fingerprint, updates: adam.updates, steps, validations, best };
    await writeCheckpoint(join(this.#folder, checkpointName), state, {
      weights: parameters,
      mean: adam.mean,
      square: adam.square,
      memory,
    });
    const kept = best === null ? '' : bestName(best);
    for (const name of await readdir(this.#folder))
      if (/^best-\d+\.safetensors$/.test(name) && name !== kept) await rm(join(this.#folder, name));
  }

  /** Writes the weights of a new best epoch beside the old one's, which the last checkpoint may still name. */
  async saveBest(best: BestEpoch, parameters: NamedTensors): Promise<void> {
    await writeCheckpoint(join(this.#folder, bestName(best)), best, { weights: parameters });
  }

  /** @throws UserError if the file is gone or damaged */
  async loadBest(best: BestEpoch): Promise<NamedTensors> {
    const path = join(this.#folder, bestName(best));
    const weights = (await readCheckpoint(path))?.groups['weights'];
    if (weights !== undefined) return weights;
    throw new UserError({
      where: path,
      expected: 'the best weights that the checkpoint names',
      got: 'no such file',
      remedy: 'Delete the folder and train again.',
    });
  }
}

const checkpointName = 'checkpoint.safetensors';
const bestName = ({ step }: BestEpoch): string => `best-${String(step)}.safetensors`;

function initialState(initial: NamedTensors, memory: NamedTensors): RunState {
  return {
    parameters: mapTensors(initial, copyOf),
    adam: initialAdamState(initial),
    memory,
    steps: [],
    validations: [],
    best: null,
  };
}
