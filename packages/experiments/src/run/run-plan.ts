import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, formatDuration, UserError } from '@im-bert/core';
import { tasks } from '@im-bert/data';
import { specJson, stageVersion, trainedId } from '../plan/cell.ts';
import { cellFlops } from '../plan/cost.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import type { Finding } from '../store/rows.ts';
import type { RunStore } from '../store/run-store.ts';
import type { EncoderSource } from './encoders.ts';
import type { RunLog } from './log.ts';
import type { Progress } from './progress.ts';
import type { Provenance } from './provenance.ts';
import { type CellContext, type CellEvents, cellFolder, runCell } from './run-cell.ts';

/** What running a plan needs. */
export interface RunContext extends CellContext {
  readonly store: RunStore;
  readonly encoders: (cell: PlannedCell) => EncoderSource;
  readonly progress: Progress;
  readonly log: RunLog;
  readonly provenance: Provenance;
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

function accuracy({ predictions }: Finding, split: string): string {
  const items = predictions.filter((item) => item.split === split);
  if (items.length === 0) return '-';
  const right = items.filter((item) => item.label === item.predicted).length;
  return ((100 * right) / items.length).toFixed(1);
}

/** The first line of an error, with its stack in the log. */
function reasonOf(error: unknown): string {
  const [line = 'unknown'] = (error instanceof Error ? error.message : String(error)).split('\n');
  return error instanceof UserError
    ? line
    : `unexpected ${error instanceof Error ? error.name : 'failure'}: ${line}`;
}

async function startRun(cell: PlannedCell, { store, provenance }: RunContext): Promise<void> {
  await store.start({
    cell: cell.id,
    spec: canonicalJson(specJson(cell.spec)),
    digest: cell.digest,
    stage_version: stageVersion,
    seed: cell.seed,
    flops: cellFlops(cell.spec),
    versions: provenance.versions,
    commit_id: provenance.commit,
    machine: provenance.machine,
  });
}

/** Checkpoints of a finished cell go, unless a cell to come scores the same model; kept weights stay. */
async function clean(cell: PlannedCell, context: RunContext, isNeeded: boolean): Promise<void> {
  if (isNeeded) return;
  const folder = cellFolder(context, cell);
  if (!context.keepWeights) await rm(folder, { recursive: true, force: true });
  else await rm(join(folder, 'checkpoint.safetensors'), { force: true });
}

type CellOutcome = 'done' | 'failed' | 'interrupted';

/** Records a result, and says it in a line. */
async function succeed(
  cell: PlannedCell,
  finding: Finding,
  seconds: number,
  context: RunContext,
): Promise<CellOutcome> {
  await context.store.finish(cell.id, finding, seconds);
  context.log.logger.info({ event: 'done', cell: cell.id, seconds, facts: finding.facts });
  const attacked = finding.attacked.length === 0 ? '' : `, attacked ${accuracy(finding, 'attacked')}`;
  const accuracies = `clean ${accuracy(finding, 'clean')}, adversarial ${accuracy(finding, 'adversarial')}${attacked}`;
  context.progress.end(`${nameOf(cell)}: ${accuracies} (${formatDuration(seconds)})`);
  return 'done';
}

/** Records that a cell ended without a result, and says why. */
async function giveUp(
  cell: PlannedCell,
  status: 'failed' | 'interrupted',
  error: unknown,
  seconds: number,
  { store, log, progress }: RunContext,
): Promise<CellOutcome> {
  const reason = status === 'failed' ? reasonOf(error) : null;
  await store.abandon(cell.id, status, reason, seconds);
  const trace = error instanceof Error ? error.stack : undefined;
  log.logger.error({ event: status, cell: cell.id, reason, trace });
  progress.end(`${nameOf(cell)}: ${reason === null ? status : `FAILED: ${reason}`}`);
  return status;
}

/** Runs one cell and records what came of it; throws nothing that the cell did wrong. */
async function settle(cell: PlannedCell, context: RunContext): Promise<CellOutcome> {
  const { progress, log, signal } = context;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  await startRun(cell, context);
  log.logger.info({ event: 'cell', cell: cell.id, name: nameOf(cell), spec: specJson(cell.spec) });
  const events: CellEvents = {
    progress: (share, doing) => {
      progress.update(share, doing);
    },
    log: (event, details) => {
      log.logger.info({ event, ...details });
    },
  };
  try {
    const finding = await runCell(cell, context.encoders(cell), context, events);
    if (finding === undefined) return await giveUp(cell, 'interrupted', undefined, seconds(), context);
    return await succeed(cell, finding, seconds(), context);
  } catch (error) {
    return giveUp(cell, signal.aborted ? 'interrupted' : 'failed', error, seconds(), context);
  }
}

/** Runs the plan's stale cells, one after the other; a failed one does not stop the others, the signal does. */
export async function runPlan(plan: Plan, context: RunContext): Promise<RunOutcome> {
  const stale = plan.cells.filter((cell) => cell.standing.state === 'stale');
  const settled = new Set<string>();
  let [done, failed] = [0, 0];
  for (const cell of stale) {
    if (context.signal.aborted) return { done, failed, interrupted: true };
    if (settled.has(cell.id)) continue; // two rows of a table may be the same cell
    settled.add(cell.id);
    context.progress.begin(nameOf(cell), cell.seconds);
    const outcome = await settle(cell, context);
    const isNeeded = stale.some((other) => !settled.has(other.id) && trainedId(other) === trainedId(cell));
    if (outcome === 'done') await clean(cell, context, isNeeded);
    if (outcome === 'interrupted') return { done, failed, interrupted: true };
    if (outcome === 'done') done += 1;
    else failed += 1;
  }
  return { done, failed, interrupted: false };
}
