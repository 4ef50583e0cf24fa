import { balancedAccuracy } from '@im-bert/core';
import { nothing, overSeeds, percent, taskLabels } from './format.ts';
import type { DataSet } from './input.ts';
import { majorityOf } from './majority.ts';
import { markdownTable } from './markdown-table.ts';
import { dataSetKinds, type Results } from './results.ts';
import { setName } from './set-names.ts';

/** A set is skewed where its most frequent label has a tenth of the examples more than its even share. */
function isSkewed(set: DataSet): boolean {
  return majorityOf(set).accuracy > 1 / new Set(set.labels).size + 0.1;
}

/** The section with the accuracy by class, averaged, on the sets that are skewed; empty where none is. */
export function balancedSection(results: Results): readonly string[] {
  const { columns, rows } = results.input.table;
  const skewed = columns
    .flatMap((task) => dataSetKinds.flatMap((kind) => results.dataSet(task, kind) ?? []))
    .filter(isSkewed);
  if (skewed.length === 0) return [];
  const lines = rows.map((row) => [
    `**${row.name}**`,
    ...skewed.map((set) => {
      const seeds = results.group(row, set.task).done[set.kind];
      return seeds.length === 0
        ? nothing
        : overSeeds(seeds.map(({ predictions }) => balancedAccuracy(predictions, set.labels)));
    }),
  ]);
  const chance = skewed.map(({ labels }) => percent(1 / new Set(labels).size));
  const header = [
    'Model',
    ...skewed.map(({ task, kind }) => `${taskLabels[task]}, ${setName(results, kind)}, %`),
  ];
  return [
    '## Balanced accuracy, where classes are uneven',
    markdownTable(
      header,
      [['one class', ...chance], ...lines],
      ['left', ...skewed.map(() => 'right' as const)],
    ),
    'The mean over the classes of the share of their examples that is answered right, on the sets whose most frequent label has ' +
      'more than ten points above its even share. Always answering one class has what the first line says.',
  ];
}
