import type { Task } from '@im-bert/data';
import type { LoadedExperiment } from '../experiment/load.ts';
import type { RunStore } from '../store/run-store.ts';
import type { SlotRow } from '../store/rows.ts';
import type { PlacedCell } from './cell.ts';
import { costModel } from './cost.ts';
import { placeCells } from './place-cells.ts';
import { type ResolvedRows, resolveRows } from './resolve-rows.ts';
import { type Standing, standing } from './staleness.ts';

/** A cell with its standing and what it would cost. */
export interface PlannedCell extends PlacedCell {
  readonly standing: Standing;
  /** Seconds, estimated. */
  readonly seconds: number;
}

/** What `im-bert run` would do. */
export interface Plan extends ResolvedRows {
  readonly loaded: LoadedExperiment;
  readonly cells: readonly PlannedCell[];
}

function slotKey(row: string, task: string, seed: number): string {
  return JSON.stringify([row, task, seed]);
}

/**
 * Plans an experiment: its cells, whether each has a result, why not, and what it would cost.
 * @param store undefined where nothing was ever run
 * @param digest the digest of a task's data; empty if it is not loaded
 */
export async function makePlan(
  loaded: LoadedExperiment,
  digest: (task: Task) => string,
  store: RunStore | undefined,
  machine: string,
): Promise<Plan> {
  const resolved = resolveRows(loaded);
  const runs = (await store?.runs()) ?? [];
  const byCell = new Map(runs.map((run) => [run.cell, run]));
  const slots = (await store?.slots(loaded.name, loaded.profile)) ?? [];
  const bySlot = new Map(slots.map((slot) => [slotKey(slot.row_name, slot.task, slot.seed), slot.cell]));
  const cost = costModel(runs, machine);
  const cells = placeCells(loaded, resolved.rows, digest).map((cell) => {
    const before = byCell.get(bySlot.get(slotKey(cell.row, cell.task, cell.seed)) ?? '');
    return { ...cell, standing: standing(cell, byCell.get(cell.id), before), seconds: cost(cell.spec) };
  });
  return { ...resolved, loaded, cells };
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
    cell: cell.id,
  }));
}
