import { baselineNames, type Comparison } from './comparisons.ts';
import { nothing, points, pointsInterval, pValue, taskLabels } from './format.ts';
import { adversarialName } from './set-names.ts';
import { markdownTable } from './markdown-table.ts';
import type { Results } from './results.ts';

/** The section with the paired tests against the baseline; empty when there is nothing to compare. */
export function comparisonSection(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((comparison, index) => [
    comparison.row.name === comparisons[index - 1]?.row.name ? '' : `**${comparison.row.name}**`,
    `${comparison.task === 'mean' ? 'mean of tasks' : taskLabels[comparison.task]}${comparison.set === 'test' ? ', test set' : ''}`,
    points(comparison.difference),
    pointsInterval(comparison),
    comparison.cleanDifference === undefined ? nothing : points(comparison.cleanDifference),
    pValue(comparison.p),
    pValue(comparison.adjusted),
    comparison.test,
    String(comparison.seeds),
  ]);
  const header = [
    'Model',
    'Task',
    `${adversarialName(results)}, points`,
    '95 % interval',
    'clean, points',
    'p',
    'p, Holm',
    'test',
    'seeds',
  ];
  const right = 'right' as const;
  return [
    `## Against ${baselineNames(comparisons)}, example by example`,
    markdownTable(header, rows, ['left', 'left', right, right, right, right, right, 'left', right]),
    'Differences of accuracy in points, paired by example and seed. Intervals: paired bootstrap over examples and seeds ' +
      '(not adjusted). p: McNemar’s exact test where both rows have one seed in common, else the bootstrap; ' +
      `Holm's adjustment over all ${comparisons.length} lines.`,
  ];
}
