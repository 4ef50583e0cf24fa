import type { AdvGlueTask } from '@im-bert/core';
import type { LoadedExperiment } from '../experiment/load.ts';
import { type CellSpec, cellId, type PlacedCell } from './cell.ts';
import type { ResolvedRow } from './resolve-rows.ts';

/** The seeds of an experiment: 3 stands for 1, 2 and 3. */
export function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === 'number' ? Array.from({ length: seeds }, (_, index) => index + 1) : seeds;
}

function specOf(
  loaded: LoadedExperiment,
  row: ResolvedRow,
  task: AdvGlueTask,
  seed: number,
): CellSpec | undefined {
  const training = row.training.get(task);
  if (training === undefined) return undefined;
  const { source, train, clean } = loaded.experiment.data;
  return {
    encoder: row.encoder,
    connection: row.connection,
    training,
    task,
    data: { source, train },
    evaluation: { clean },
    seed,
  };
}

/**
 * The cells of a table, in the order in which they are run: seed by seed, so that a run that is stopped early has every
 * row and task; within it task by task, so that rows stand beside each other soon.
 * @param digest the digest of a task's data
 */
export function placeCells(
  loaded: LoadedExperiment,
  rows: readonly ResolvedRow[],
  digest: (task: AdvGlueTask) => string,
): PlacedCell[] {
  const { tasks, seeds } = loaded.experiment;
  return seedsOf(seeds).flatMap((seed) =>
    tasks.flatMap((task) =>
      rows.flatMap((row) => {
        const spec = specOf(loaded, row, task, seed);
        if (spec === undefined) return [];
        const taskDigest = digest(task);
        return [{ id: cellId(spec, taskDigest), spec, digest: taskDigest, row: row.name, task, seed }];
      }),
    ),
  );
}
