import type { Task } from '@im-bert/data';
import { layerKinds } from '@im-bert/models';
import type { LoadedExperiment } from '../experiment/load.ts';
import { type CellSpec, cellId, type PlacedCell } from './cell.ts';
import type { ResolvedRow } from './resolve-rows.ts';

/** The seeds of an experiment: 3 stands for 1, 2 and 3. */
export function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === 'number' ? Array.from({ length: seeds }, (_, index) => index + 1) : seeds;
}

/** The iterations of scoring, if they make a difference: a model without a solver has none. */
function evaluated({ spec, connection, encoder }: ResolvedRow): { iterations?: number } {
  const iterations = spec.evaluate?.iterations;
  const isSolved = layerKinds(connection, encoder.layers).includes('implicit');
  return iterations === undefined || !isSolved || iterations === connection.solver.iterations
    ? {}
    : { iterations };
}

function specOf(loaded: LoadedExperiment, row: ResolvedRow, task: Task, seed: number): CellSpec | undefined {
  const training = row.training.get(task);
  if (training === undefined) return undefined;
  const { data, attack } = loaded.experiment;
  const { source, clean } = data;
  return {
    encoder: row.encoder,
    connection: row.connection,
    training,
    task,
    data: { source, train: row.train },
    evaluation: { clean, ...evaluated(row), ...(attack === undefined ? {} : { attack }) },
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
  digest: (task: Task) => string,
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
