import { balancedSection } from './balanced-table.ts';
import { comparisonSections } from './comparison-table.ts';
import { comparisonsOf } from './comparisons.ts';
import { conclusions } from './conclusions.ts';
import { convergenceSection } from './convergence-table.ts';
import { driftSection } from './drift-table.ts';
import type { PaperReference, RenderedReport, ReportInput, TableLayout } from './input.ts';
import { levelSection } from './level-table.ts';
import { layouts } from './layouts/layouts.ts';
import { createNotes } from './notes.ts';
import { odditiesOf } from './paper/oddities.ts';
import { pairsSection } from './pairs-table.ts';
import { renderPlots } from './plots/plots.ts';
import { provenanceSection } from './provenance.ts';
import { groupResults } from './results.ts';
import { measuredSections } from './sections.ts';

/**
 * Turns an experiment's rows into a markdown report and SVG plots. Pure: equal input gives equal text.
 * @throws UserError if the input contradicts itself (repeated rows, predictions that do not fit their labels, an
 *   unknown row of the paper)
 */
export async function renderReport(input: ReportInput): Promise<RenderedReport> {
  const results = groupResults(input);
  const notes = createNotes();
  const comparisons = comparisonsOf(results);
  const { table, explanation } = layouts[input.table.layout ?? 'tasks']({ results, comparisons, notes });
  const findings = bullets(conclusions(results, comparisons));
  const plots = await renderPlots(results);
  const title = `# ${input.table.title}${input.synthetic ? ' (synthetic data)' : ''}`;
  const main = [table, notes.lines().join('\n')];
  const parts = [
    title,
    '## What the numbers say',
    findings,
    '## Table',
    ...main,
    howToRead(input, explanation),
    ...section(
      '## Pictures',
      plots.map(({ file, caption }) => `![${caption}](${file})\n\n${caption}`),
    ),
    ...comparisonSections(results, comparisons),
    ...balancedSection(results),
    ...levelSection(results),
    ...pairsSection(results),
    ...convergenceSection(results),
    ...driftSection(results),
    ...measuredSections.flatMap(({ text }) => text(results)),
    ...section('## About the published numbers', [bullets(odditiesOf(referencesOf(input.table)))]),
    ...provenanceSection(input),
  ];
  return {
    markdown: `${joined(parts)}\n`,
    summary: joined([title, ...main, findings]),
    plots: Object.fromEntries(plots.map(({ file, svg }) => [file, svg])),
  };
}

const bullets = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `- ${sentence}`).join('\n');

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');

function section(heading: string, parts: readonly string[]): readonly string[] {
  return parts.some((part) => part !== '') ? [heading, ...parts] : [];
}

function referencesOf({ rows, published = [] }: TableLayout): readonly PaperReference[] {
  return [
    ...rows.flatMap(({ paper, paperTest }) => [paper, paperTest].flatMap((one) => one ?? [])),
    ...published,
  ];
}

function howToRead({ synthetic, cells }: ReportInput, explanation: string): string {
  const seeds = new Set(cells.map(({ seed }) => seed)).size;
  const spread = seeds < 2 ? 'of one seed' : `mean ± sample deviation over ${seeds} seeds`;
  return (
    `Accuracies in per cent, ${spread}. ` +
    `${explanation} ${synthetic ? "The paper's numbers are on the real AdvGLUE and cannot be compared." : ''}`
  ).trim();
}
