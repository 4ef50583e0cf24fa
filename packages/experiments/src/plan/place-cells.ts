import { type EvaluationSet, isFor, type Task } from '@im-bert/data';
import { solveOf } from '@im-bert/models';
import type { LoadedExperiment } from '../experiment/load.ts';
import { type CellSpec, cellId, modelId, type PlacedCell, type PresentEncoder } from './cell.ts';
import { type EngineIdentity, engineOf } from './engine.ts';
import type { ResolvedRow } from './resolve-rows.ts';

/** The seeds of an experiment: 3 stands for 1, 2 and 3. */
export function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === 'number' ? Array.from({ length: seeds }, (_, index) => index + 1) : seeds;
}

/** The iterations of scoring, if they make a difference: a model without a solver has none. */
function evaluated({ spec, connection }: ResolvedRow): { iterations?: number } {
  const iterations = spec.evaluate?.iterations;
  const solve = solveOf(connection);
  return iterations === undefined || solve === undefined || iterations === solve.solver.iterations
    ? {}
    : { iterations };
}

/** What cells depend on beside the experiment's file. */
export interface Surroundings {
  /** The digest of a task's data; empty if it is not loaded. */
  readonly digest: (task: Task) => string;
  /** The hash of an encoder's pretrained files; empty if they are not here, undefined for one from scratch. */
  readonly pretrained: (encoder: PresentEncoder) => string | undefined;
  readonly engine: EngineIdentity;
  /** The digest of a further set's rows; empty if it is not loaded. */
  readonly setDigest?: (set: EvaluationSet) => string;
}

/** The further sets that models of the task are scored on. */
function setsFor(
  { sets }: LoadedExperiment,
  task: Task,
  digest: (set: EvaluationSet) => string,
): Pick<CellSpec['evaluation'], 'sets'> {
  const own = sets.filter((set) => isFor(set, task));
  if (own.length === 0) return {};
  return { sets: own.map((set) => ({ name: set.name, definition: set.definition, digest: digest(set) })) };
}

function specOf(
  loaded: LoadedExperiment,
  row: ResolvedRow,
  task: Task,
  seed: number,
  { pretrained, engine, setDigest = () => '' }: Surroundings,
): CellSpec | undefined {
  const training = row.training.get(task);
  if (training === undefined) return undefined;
  const { data, attack } = loaded.experiment;
  const { source, clean } = data;
  const hash = pretrained(row.encoder);
  return {
    encoder: row.encoder,
    ...(hash === undefined ? {} : { pretrained: hash }),
    ...engineOf(row.connection, engine),
    connection: row.connection,
    training,
    task,
    data: { source, train: row.train },
    evaluation: {
      clean,
      ...evaluated(row),
      ...(attack === undefined ? {} : { attack }),
      ...setsFor(loaded, task, setDigest),
    },
    seed,
  };
}

/**
 * The cells of a table, in the order in which they are run: seed by seed, so that a run that is stopped early has every
 * row and task; within it task by task, so that rows stand beside each other soon.
 */
export function placeCells(
  loaded: LoadedExperiment,
  rows: readonly ResolvedRow[],
  surroundings: Surroundings,
): PlacedCell[] {
  const { tasks, seeds } = loaded.experiment;
  return seedsOf(seeds).flatMap((seed) =>
    tasks.flatMap((task) =>
      rows.flatMap((row) => {
        const spec = specOf(loaded, row, task, seed, surroundings);
        if (spec === undefined) return [];
        const digest = surroundings.digest(task);
        const [id, model] = [cellId(spec, digest), modelId(spec, digest)];
        return [{ id, model, spec, digest, row: row.name, task, seed }];
      }),
    ),
  );
}
