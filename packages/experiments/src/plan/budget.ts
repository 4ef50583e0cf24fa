import { formatDuration } from '@im-bert/core';
import type { PlannedCell } from './plan.ts';

/** Cells of a plan, each once: two rows of a table may be the same cell. */
export function distinct(cells: readonly PlannedCell[]): readonly PlannedCell[] {
  return [...new Map(cells.map((cell) => [cell.id, cell])).values()];
}

/** Estimated seconds of the cells that would run. */
export function secondsToRun(cells: readonly PlannedCell[]): number {
  return distinct(cells)
    .filter(({ standing }) => standing.state === 'stale')
    .reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The cells with those postponed that do not fit into so many seconds; in the plan's order, each that still fits runs. */
export function withinBudget(cells: readonly PlannedCell[], budget: number): readonly PlannedCell[] {
  let left = budget;
  const chosen = new Set<string>();
  for (const { id, standing, seconds } of cells) {
    if (standing.state !== 'stale' || chosen.has(id) || seconds > left) continue;
    chosen.add(id);
    left -= seconds;
  }
  const why = `left out: beyond the budget of ${formatDuration(budget)}`;
  return cells.map((cell) =>
    cell.standing.state === 'stale' && !chosen.has(cell.id)
      ? { ...cell, standing: { state: 'postponed', why } }
      : cell,
  );
}
