import {
  type LoadedExperiment,
  makePlan,
  type Plan,
  type PlanContext,
  type RunStore,
} from '@im-bert/experiments';
import { measurementsFor } from '../../src/measurements/measurements.ts';
import { subjectId } from '../../src/measurements/measurement.ts';
import { modelJson, trainingVersion } from '../../src/plan/cell.ts';
import { measurementFlops, trainingFlops } from '../../src/plan/cost.ts';
import { slotsOf } from '../../src/plan/plan.ts';
import type { TrainingRecord } from '../../src/store/rows.ts';

/** Everything at hand: data, engine, no pretrained weights, every model kept. */
const planContext: PlanContext = {
  digest: () => 'data-1',
  pretrained: () => undefined,
  engine: { name: 'onnx', version: '1' },
  machine: 'this machine',
  isKept: () => true,
};

/** A plan where nothing is missing, but for what a test changes. */
export async function planOf(
  loaded: LoadedExperiment,
  store?: RunStore,
  changes: Partial<PlanContext> = {},
): Promise<Plan> {
  return makePlan(loaded, { ...planContext, ...changes }, store);
}

const nothing: TrainingRecord = { steps: [], validations: [], facts: {} };

/** Records that a cell's model is in training. */
export async function startTraining(
  store: RunStore,
  { model, spec, digest, seed }: Plan['cells'][number],
): Promise<void> {
  await store.startTraining({
    ...{ model, digest, seed, spec: JSON.stringify(modelJson(spec)), training_version: trainingVersion },
    ...{ versions: '{"node":"20"}', commit_id: 'abc', machine: 'this machine', flops: trainingFlops(spec) },
  });
}

/** Pretends that a cell's model was trained and everything measured on it, each in so many seconds. */
export async function finishCell(
  store: RunStore,
  cell: Plan['cells'][number],
  {
    seconds = 1,
    record = nothing,
    rows = {},
    without = [],
  }: {
    readonly seconds?: number;
    readonly record?: TrainingRecord;
    /** By measurement. */
    readonly rows?: Readonly<Record<string, readonly object[]>>;
    /** Measurements that were not made. */
    readonly without?: readonly string[];
  } = {},
): Promise<void> {
  await startTraining(store, cell);
  await store.finishTraining(cell.model, record, seconds);
  for (const measurement of measurementsFor(cell.spec)) {
    if (without.includes(measurement.name)) continue;
    const [subject, flops] = [subjectId(cell, measurement), measurementFlops(measurement, cell.spec)];
    const of = { subject, model: cell.model, seconds, flops, machine: 'this machine' };
    await store.keep(measurement, of, rows[measurement.name] ?? []);
  }
}

/** Pretends that every cell of the plan ran. */
export async function finishPlan(store: RunStore, plan: Plan, seconds = 1): Promise<void> {
  await store.placeSlots(plan.loaded.name, plan.loaded.profile, slotsOf(plan));
  for (const cell of plan.cells) await finishCell(store, cell, { seconds });
}
