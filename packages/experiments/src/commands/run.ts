import { join } from 'node:path';
import { formatDuration, removePartialFiles } from '@im-bert/core';
import type { Hub } from '@im-bert/data';
import type { LoadedExperiment } from '../experiment/load.ts';
import { distinct, secondsToRun } from '../plan/budget.ts';
import { type Plan, slotsOf } from '../plan/plan.ts';
import { type ResolvedRow, resolveRows } from '../plan/resolve-rows.ts';
import type { AttackTools } from '../run/attack-tools.ts';
import type { Corpus } from '../run/corpus.ts';
import type { EncoderSource } from '../run/encoders.ts';
import type { ExecutorPool } from '../run/executors.ts';
import { KeptModels } from '../run/kept-models.ts';
import { openLog } from '../run/log.ts';
import { showProgress } from '../run/progress.ts';
import { provenance } from '../run/provenance.ts';
import { type RunContext, type RunOutcome, runPlan } from '../run/run-plan.ts';
import { RunStore } from '../store/run-store.ts';
import { type Interruption, interruptible } from './interruption.ts';
import { hubOf, loadTable, openCorpus, planTable } from './open-plan.ts';
import { commandLine, counted, defaults, locations, type RunOptions, unlimited } from './options.ts';
import { bytesOf } from './size.ts';

/** Ended by a signal: 128 + SIGINT. */
const interruptedCode = 130;

/**
 * Opens every encoder of the plan and reads its weights once, so that a missing or damaged file ends the command at
 * once instead of failing cell after cell.
 */
async function openEncoders(
  rows: readonly ResolvedRow[],
  hub: Hub,
): Promise<(cell: { readonly row: string }) => EncoderSource> {
  const { openEncoder } = await import('../run/encoders.ts');
  const byName = new Map<string, EncoderSource>();
  const byRow = new Map<string, EncoderSource>();
  for (const { name, spec, encoder, connection } of rows) {
    const known = byName.get(spec.encoder);
    const source = known ?? (await openEncoder(encoder, hub));
    if (known === undefined) await source.model({ connection, seed: 1 }, 2);
    byName.set(spec.encoder, source);
    byRow.set(name, source);
  }
  return ({ row }) => {
    const source = byRow.get(row);
    if (source === undefined) throw new Error(`row ${row} has no encoder`);
    return source;
  };
}

async function prepareData(
  loaded: LoadedExperiment,
  corpus: Corpus,
  say: (line: string) => void,
): Promise<void> {
  for (const task of loaded.experiment.tasks) await corpus.ensure(task);
  await corpus.ensureSets(loaded.sets);
  if (loaded.experiment.data.source === 'embedded')
    say('Data: embedded, synthetic. A first look at the machinery; its numbers say nothing about English.');
}

/** Below this width, waking a second thread costs more than it computes. */
const narrow = 128;

/** Threads of the engine: as asked, else one where every encoder is narrow, else the engine's own choice. */
function threadsOf(plan: Plan, options: RunOptions): { threads?: number } {
  if (options.threads !== undefined) return { threads: Number(options.threads) };
  return plan.rows.every(({ encoder }) => encoder.width <= narrow) ? { threads: 1 } : {};
}

async function openExecutors(plan: Plan, options: RunOptions): Promise<ExecutorPool> {
  const { openExecutorPool } = await import('../run/executors.ts'); // engines are slow to load
  return openExecutorPool(options.engine, threadsOf(plan, options));
}

/** The experiment's attack, loaded once, when the first cell asks for it. @throws UserError if it lacks a file */
async function attackToolsOf(
  { loaded }: Plan,
  options: RunOptions,
  executors: ExecutorPool,
): Promise<Pick<RunContext, 'attackTools'>> {
  const { attack } = loaded.experiment;
  if (attack === undefined) return {};
  const { findVectors, openAttackTools } = await import('../run/attack-tools.ts');
  const vectors = await findVectors(attack, options.hub);
  let opened: Promise<AttackTools> | undefined;
  return {
    attackTools: () => (opened ??= openAttackTools(attack, vectors, hubOf(options), executors.engine)),
  };
}

async function execute(
  plan: Plan,
  parts: { corpus: Corpus; store: RunStore; encoders: (cell: { readonly row: string }) => EncoderSource },
  options: RunOptions,
  interruption: Interruption,
): Promise<RunOutcome> {
  const stale = distinct(plan.cells).filter(({ standing }) => standing.state === 'stale');
  if (stale.length === 0) return { done: 0, failed: 0, interrupted: false };
  const executors = await openExecutors(plan, options);
  const attack = await attackToolsOf(plan, options, executors).catch(async (error: unknown) => {
    await executors.dispose();
    throw error;
  });
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const log = openLog(join(options.runs, plan.loaded.name, plan.loaded.profile, 'logs', `${stamp}.jsonl`));
  const places = locations(options.runs);
  const progress = showProgress(stale.length, secondsToRun(stale), process.stderr);
  try {
    return await runPlan(plan, {
      ...parts,
      executors,
      folder: places.cells,
      attacks: places.attacks,
      models: new KeptModels(places.models),
      keep: bytesOf(options.keep),
      checkpointEvery: Number(options.checkpointEvery),
      signal: interruption.signal,
      progress,
      log,
      provenance: await provenance(),
      ...attack,
    });
  } finally {
    progress.close();
    log.close();
    await executors.dispose();
  }
}

function closing(
  outcome: RunOutcome,
  table: string,
  loaded: LoadedExperiment,
  options: RunOptions,
): string[] {
  if (outcome.interrupted)
    return ['Stopped at a checkpoint; nothing is lost. Go on with:', `  ${resumeCommand(options)}`];
  const again = commandLine('run', table, options);
  const lines = ['Next:'];
  if (outcome.failed > 0) lines.push(`  ${again}    # tries what failed (${outcome.failed}) again`);
  lines.push(`  ${commandLine('plan', table, options)}    # every cell, its cost and why it would run`);
  if (loaded.profile === 'quick' && loaded.profiles.includes('small'))
    lines.push(`  npx im-bert run ${table} --profile=small --hub=DIR    # real data and pretrained weights`);
  return lines;
}

function resumeCommand(options: RunOptions): string {
  return `npx im-bert resume${options.runs === defaults.runs ? '' : ` --runs=${options.runs}`}`;
}

/** How many cells are done, will run and are left out, and how long that takes. */
function intention({ cells, loaded }: Plan, table: string): string[] {
  const count = (state: string): number =>
    distinct(cells).filter(({ standing }) => standing.state === state).length;
  const postponed = count('postponed');
  const names = cells
    .filter(({ standing }) => standing.state === 'postponed')
    .map(({ row, task, seed }) => `${row}, ${task}, seed ${seed}`);
  return [
    `${table}, profile ${loaded.profile}: ${counted(distinct(cells).length, 'cell')}, ${count('done')} done before, ` +
      `${count('stale')} to run (about ${formatDuration(secondsToRun(cells))}).`,
    ...(postponed === 0 ? [] : [`Left out by the budget: ${names.join('; ')}.`]),
  ];
}

async function runWith(
  loaded: LoadedExperiment,
  table: string,
  options: RunOptions,
  corpus: Corpus,
  store: RunStore,
): Promise<number> {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const encoders = await openEncoders(resolveRows(loaded).rows, hubOf(options));
  await prepareData(loaded, corpus, say);
  const plan = await planTable(loaded, corpus, store, options);
  await store.placeSlots(loaded.name, loaded.profile, slotsOf(plan));
  await store.beginInvocation(table, options.profile, JSON.stringify(options));
  for (const line of intention(plan, table)) say(line);
  const interruption = interruptible();
  try {
    const outcome = await execute(plan, { corpus, store, encoders }, options, interruption);
    const folder = join(options.runs, loaded.name, loaded.profile);
    const { writeReport } = await import('../results/write-report.ts'); // drawing is slow to load
    const report = await writeReport(plan, store, folder, commandLine('run', table, unlimited(options)));
    await store.endInvocation(outcome.interrupted ? 'interrupted' : 'finished');
    if (!outcome.interrupted) say(`\n${report.summary}\n`);
    say(`Report: ${report.path}`);
    for (const line of closing(outcome, table, loaded, options)) say(line);
    return outcome.interrupted ? interruptedCode : outcome.failed > 0 ? 1 : 0;
  } finally {
    interruption.end();
  }
}

/**
 * Trains and scores the stale cells of a table, writes its report and says what to do next, in a store that is open.
 * @returns the exit code: 0, 1 if cells failed, 130 if interrupted
 */
export async function runInStore(
  loaded: LoadedExperiment,
  table: string,
  options: RunOptions,
  store: RunStore,
): Promise<number> {
  await removePartialFiles(options.runs); // of commands that were killed
  const corpus = await openCorpus(loaded, options);
  try {
    return await runWith(loaded, table, options, corpus, store);
  } finally {
    corpus.close();
  }
}

/** `im-bert run`. @returns the exit code of `runInStore` */
export async function runCommand(table: string, options: RunOptions): Promise<number> {
  const loaded = await loadTable(table, options);
  const store = await RunStore.open(locations(options.runs).store);
  try {
    return await runInStore(loaded, table, options, store);
  } finally {
    store.close();
  }
}
