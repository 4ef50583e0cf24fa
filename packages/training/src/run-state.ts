import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf, type Json, UserError } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { type AdamState, initialAdamState } from './adam.ts';
import { mapTensors } from './named-tensors.ts';
import type { StepRecord, ValidationRecord } from './records.ts';
import { readTensorFile, writeTensorFile } from './tensor-file.ts';

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

/** The JSON half of a checkpoint. */
interface Saved {
  readonly fingerprint: string;
  readonly updates: number;
  readonly steps: readonly StepRecord[];
  readonly validations: readonly ValidationRecord[];
  readonly best: BestEpoch | null;
}

/** A run's files in its folder: `checkpoint.bin`, and `best-<step>.bin` with the best weights so far. */
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
    const path = join(this.#folder, 'checkpoint.bin');
    const file = await readTensorFile(path);
    if (file === null) return initialState(initial, memory);
    const saved = file.state as unknown as Saved;
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
    await writeTensorFile(join(this.#folder, 'checkpoint.bin'), state as unknown as Json, {
      weights: parameters,
      mean: adam.mean,
      square: adam.square,
      memory,
    });
    const kept = best === null ? '' : bestName(best);
    for (const name of await readdir(this.#folder))
      if (/^best-\d+\.bin$/.test(name) && name !== kept) await rm(join(this.#folder, name));
  }

  /** Writes the weights of a new best epoch beside the old one's, which the last checkpoint may still name. */
  async saveBest(best: BestEpoch, parameters: NamedTensors): Promise<void> {
    await writeTensorFile(join(this.#folder, bestName(best)), null, { weights: parameters });
  }

  /** @throws UserError if the file is gone or damaged */
  async loadBest(best: BestEpoch): Promise<NamedTensors> {
    const path = join(this.#folder, bestName(best));
    const weights = (await readTensorFile(path))?.groups['weights'];
    if (weights !== undefined) return weights;
    throw new UserError({
      where: path,
      expected: 'the best weights that the checkpoint names',
      got: 'no such file',
      remedy: 'Delete the folder and train again.',
    });
  }
}

const bestName = ({ step }: BestEpoch): string => `best-${String(step)}.bin`;

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
