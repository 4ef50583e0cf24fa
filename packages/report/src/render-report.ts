import type { RenderedReport, ReportInput } from './input.ts';

/** Turns an experiment's rows into a markdown report and SVG plots. */
export function renderReport(input: ReportInput): Promise<RenderedReport> {
  return Promise.resolve({ markdown: `# ${input.table.title}\n`, summary: '', plots: {} });
}
