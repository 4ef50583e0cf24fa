import { join } from 'node:path';
import { writeFileAtomically } from '@im-bert/core';
import { renderReport } from '@im-bert/report';
import type { Plan } from '../plan/plan.ts';
import type { RunStore } from '../store/run-store.ts';
import { reportInput } from './report-input.ts';

/** A report on the disk. */
export interface WrittenReport {
  readonly path: string;
  /** The main table and the conclusions, for a terminal. */
  readonly summary: string;
}

/** Renders a table from what the store holds, whole or not, into `folder`: report.md and its pictures. */
export async function writeReport(
  plan: Plan,
  store: RunStore,
  folder: string,
  command: string,
): Promise<WrittenReport> {
  const report = await renderReport(await reportInput(plan, store, { run: command }));
  for (const [name, svg] of Object.entries(report.plots)) await writeFileAtomically(join(folder, name), svg);
  const path = join(folder, 'report.md');
  await writeFileAtomically(path, report.markdown);
  return { path, summary: report.summary };
}
