import {
  baselineNames,
  cleanMarginOf,
  type Comparison,
  familyExplained,
  subjectInTable,
} from './comparisons.ts';
import { nothing, points, pointsInterval, pValue } from './format.ts';
import { adversarialName } from './set-names.ts';
import { markdownTable } from './markdown-table.ts';
import type { Results } from './results.ts';

const right = 'right' as const;

/** The sections with the paired tests against the baseline, adversarial and clean; empty when there is nothing to compare. */
export function comparisonSections(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  if (comparisons.length === 0) return [];
  return [
    `## Against ${baselineNames(comparisons)}, example by example`,
    adversarialTable(results, comparisons),
    'Differences of accuracy in points, paired by example and seed. Intervals: paired bootstrap over examples (or groups of ' +
      'them that belong together) and seeds, not adjusted, with the noise of the arithmetic where it was measured, which no p ' +
      'contains. Wrong to right: answers, over all seeds, that the baseline has wrong ' +
      'and the row right. p: McNemar’s exact test where both rows have one seed in common and examples have no groups, else the ' +
      `bootstrap. Adjusted p: over the family of comparisons (${familyExplained(comparisons)}).`,
    ...cleanSection(results, comparisons),
  ];
}

/** The model's name where it is not the line's above. */
function nameAt(comparisons: readonly Comparison[], index: number): string {
  const { row } = comparisons[index] ?? {};
  return row === undefined || row.name === comparisons[index - 1]?.row.name ? '' : `**${row.name}**`;
}

function adversarialTable(results: Results, comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison, index) => [
    nameAt(comparisons, index),
    subjectInTable(comparison),
    points(comparison.difference),
    pointsInterval(comparison),
    comparison.clean === undefined ? nothing : points(comparison.clean.difference),
    String(comparison.gained),
    String(comparison.lost),
    pValue(comparison.p),
    pValue(comparison.adjusted),
    comparison.test,
    String(comparison.seeds),
  ]);
  const header = [
    ...['Model', 'Task', `${adversarialName(results)}, points`, '95 % interval', 'clean, points'],
    ...['wrong to right', 'right to wrong', 'p', 'p, adjusted', 'test', 'seeds'],
  ];
  return markdownTable(header, rows, [
    ...(['left', 'left', right, right, right, right, right, right, right] as const),
    ...(['left', right] as const),
  ]);
}

/** Is the clean accuracy the same? That a difference is not significant does not show it. */
function cleanSection(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  const own = comparisons.filter(({ clean, set }) => clean !== undefined && set === 'adversarial');
  if (own.length === 0) return [];
  const margin = cleanMarginOf(results);
  const rows = own.map(({ clean, ...of }, index) => [
    nameAt(own, index),
    subjectInTable(of),
    ...(clean === undefined
      ? []
      : [
          points(clean.difference),
          pointsInterval(clean),
          String(clean.gained),
          String(clean.lost),
          pValue(clean.p),
          clean.p < 0.05 ? 'yes' : 'not shown',
        ]),
  ]);
  const header = [
    ...['Model', 'Task', 'clean, points', '90 % interval', 'wrong to right', 'right to wrong', 'p'],
    `within ± ${margin}`,
  ];
  return [
    '## Clean accuracy: is it the same?',
    markdownTable(header, rows, ['left', 'left', right, right, right, right, right, 'left']),
    `Two one-sided tests that the clean accuracy is less than ${margin === 1 ? '1 point' : `${margin} points`} from the ` +
      'baseline’s, by the same bootstrap, not adjusted: equivalence is shown where p is below 5 %, which is where the 90 % ' +
      'interval lies within the margin. “Not shown” says that the examples do not suffice or that the two differ.',
  ];
}
