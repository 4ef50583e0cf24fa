import { formatDuration } from '@im-bert/core';
import { tasks } from '@im-bert/data';
import { subjectId } from '../measurements/measurement.ts';
import { measurements } from '../measurements/measurements.ts';
import { specJson } from '../plan/cell.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import type { EncoderSource } from './encoders.ts';
import type { RunLog } from './log.ts';
import type { Progress } from './progress.ts';
import { type CellContext, type CellOutcome, runCell, workLeft } from './run-cell.ts';
import type { CellEvents } from './train-model.ts';

/** What running a plan needs. */
export interface RunContext extends Omit<CellContext, 'stagesOf'> {
  readonly encoders: (cell: PlannedCell) => EncoderSource;
  /** Most bytes of kept models; the oldest that nothing needs go first. */
  readonly keep: number;
  readonly progress: Progress;
  readonly log: RunLog;
}

/** How a run ended. */
export interface RunOutcome {
  readonly done: number;
  readonly failed: number;
  readonly interrupted: boolean;
}

/** `IM-BERT, SST-2, seed 1`. */
function nameOf(cell: PlannedCell): string {
  return `${cell.row}, ${tasks[cell.task].title}, seed ${cell.seed}`;
}

function share(
  name: string,
  rows: readonly { readonly label: number; readonly predicted: number }[],
): string {
  if (rows.length === 0) return `${name} -`;
  const right = rows.filter(({ label, predicted }) => label === predicted).length;
  return `${name} ${((100 * right) / rows.length).toFixed(1)}`;
}

/** `clean 77.2, adversarial 39.2`, and after an attack `attacked 12.0`. */
async function accuracies(cell: PlannedCell, { store }: RunContext): Promise<string> {
  const { predictions, attack } = measurements;
  const [own, under] = [subjectId(cell, predictions), subjectId(cell, attack)];
  const all = (await store.rows(predictions, [own])).get(own) ?? [];
  const of = (name: string): string =>
    share(
      name,
      all.filter(({ split }) => split === name),
    );
  const attacked = (await store.rows(attack, [under])).get(under) ?? [];
  return [
    of('clean'),
    of('adversarial'),
    ...(attacked.length === 0 ? [] : [share('attacked', attacked)]),
  ].join(', ');
}

/** Says how a cell ended, in a line and in the log. */
async function tell(
  cell: PlannedCell,
  outcome: CellOutcome,
  seconds: number,
  context: RunContext,
): Promise<void> {
  const { log, progress } = context;
  const event = { cell: cell.id, seconds };
  if (outcome.status === 'done') log.logger.info({ event: 'done', ...event });
  else log.logger.error({ event: outcome.status, ...event, ...outcome });
  const said =
    outcome.status === 'done'
      ? `${await accuracies(cell, context)} (${formatDuration(seconds)})`
      : outcome.status === 'failed'
        ? `FAILED: ${outcome.reason}`
        : 'interrupted';
  progress.end(`${nameOf(cell)}: ${said}`);
}

/** Runs one cell and says what came of it; throws nothing that the cell did wrong. */
async function settle(cell: PlannedCell, { stagesOf }: Plan, context: RunContext): Promise<CellOutcome> {
  const { progress, log } = context;
  const started = performance.now();
  log.logger.info({ event: 'cell', cell: cell.id, name: nameOf(cell), spec: specJson(cell.spec) });
  const events: CellEvents = {
    estimate: (seconds) => {
      progress.estimate(seconds);
    },
    progress: (done, doing) => {
      progress.update(done, doing);
    },
    log: (event, details) => {
      log.logger.info({ event, ...details });
    },
  };
  const outcome = await runCell(cell, context.encoders(cell), { ...context, stagesOf }, events);
  await tell(cell, outcome, (performance.now() - started) / 1000, context);
  return outcome;
}

/** Removes the oldest models beyond the size to keep, but none that a cell to come is measured on. */
async function prune(rest: readonly PlannedCell[], context: RunContext): Promise<void> {
  const needed = new Set<string>();
  for (const cell of rest) if ((await workLeft(cell, context)).measures.length > 0) needed.add(cell.model);
  const gone = await context.models.prune(context.keep, (model) => needed.has(model));
  for (const { model, bytes } of gone) context.log.logger.info({ event: 'pruned', model, bytes });
}

/** Runs the plan's stale cells, one after the other; a failed one does not stop the others, the signal does. */
export async function runPlan(plan: Plan, context: RunContext): Promise<RunOutcome> {
  // two rows of a table may be the same cell
  const stale = [
    ...new Map(
      plan.cells.filter(({ standing }) => standing.state === 'stale').map((cell) => [cell.id, cell]),
    ).values(),
  ];
  let [done, failed] = [0, 0];
  for (const [index, cell] of stale.entries()) {
    if (context.signal.aborted) return { done, failed, interrupted: true };
    context.progress.begin(nameOf(cell), cell.seconds);
    const { status } = await settle(cell, plan, context);
    if (status === 'interrupted') return { done, failed, interrupted: true };
    await prune(stale.slice(index + 1), context);
    if (status === 'done') done += 1;
    else failed += 1;
  }
  return { done, failed, interrupted: false };
}
