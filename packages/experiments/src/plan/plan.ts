import { canonicalJson } from '@im-bert/core';
import type { LoadedExperiment } from '../experiment/load.ts';
import type { RunStore } from '../store/run-store.ts';
import type { SlotRow } from '../store/rows.ts';
import { type PlacedCell, specJson, trainingVersion } from './cell.ts';
import { type CostModel, costModel, secondsOf, type Stage } from './cost.ts';
import { placeCells, type Surroundings } from './place-cells.ts';
import { type ResolvedRows, resolveRows } from './resolve-rows.ts';
import { type Standing, standing } from './staleness.ts';
import { recordsOf, workOf } from './work.ts';

/** A cell with its standing and what it would cost. */
export interface PlannedCell extends PlacedCell {
  readonly standing: Standing;
  /** What would be done, in this order. */
  readonly stages: readonly Stage[];
  /** Of all stages, estimated. */
  readonly seconds: number;
}

/** What `im-bert run` would do. */
export interface Plan extends ResolvedRows {
  readonly loaded: LoadedExperiment;
  readonly cells: readonly PlannedCell[];
  /** What work costs here. */
  readonly stagesOf: CostModel;
  /** Whether that rests on runs of this machine. */
  readonly isMeasured: boolean;
}

function slotKey(row: string, task: string, seed: number): string {
  return JSON.stringify([row, task, seed]);
}

/** What a plan depends on beside the experiment and the store. */
export interface PlanContext extends Surroundings {
  readonly machine: string;
  /** Whether a model's weights are there. */
  readonly isKept: (model: string) => boolean;
}

/**
 * Plans an experiment: its cells, whether each has a result, why not, and what it would cost.
 * @param store undefined where nothing was ever run
 */
export async function makePlan(
  loaded: LoadedExperiment,
  context: PlanContext,
  store: RunStore | undefined,
): Promise<Plan> {
  const resolved = resolveRows(loaded);
  const [models, measured] = [(await store?.models()) ?? [], (await store?.measured()) ?? []];
  const records = recordsOf(models, measured, context.isKept);
  const slots = (await store?.slots(loaded.name, loaded.profile)) ?? [];
  const bySlot = new Map(slots.map((slot) => [slotKey(slot.row_name, slot.task, slot.seed), slot]));
  const { stagesOf, isMeasured } = costModel(models, measured, context.machine);
  const cells = placeCells(loaded, resolved.rows, context).map((cell) => {
    const work = workOf(cell, records);
    const stages = stagesOf(cell.spec, work);
    return {
      ...cell,
      standing: standing(cell, work, records, bySlot.get(slotKey(cell.row, cell.task, cell.seed))),
      stages,
      seconds: secondsOf(stages),
    };
  });
  return { ...resolved, loaded, cells, stagesOf, isMeasured };
}

/** The plan's places as the store keeps them. */
export function slotsOf(plan: Plan): SlotRow[] {
  const rows = plan.rows.map(({ name }) => name);
  const { tasks } = plan.loaded.experiment;
  return plan.cells.map((cell) => ({
    experiment: plan.loaded.name,
    profile: plan.loaded.profile,
    row_name: cell.row,
    task: cell.task,
    seed: cell.seed,
    row_position: rows.indexOf(cell.row),
    task_position: tasks.indexOf(cell.task),
    model: cell.model,
    spec: canonicalJson(specJson(cell.spec)),
    digest: cell.digest,
    training_version: trainingVersion,
  }));
}
