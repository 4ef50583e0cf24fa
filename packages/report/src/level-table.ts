import { nothing, overSeeds, percent, taskLabels } from './format.ts';
import type { DataSet } from './input.ts';
import { levelsOf, placesOf, share } from './levels.ts';
import { majorityOf } from './majority.ts';
import { adversarialName } from './set-names.ts';
import { markdownTable } from './markdown-table.ts';
import type { CellGroup, Results } from './results.ts';

/** The section with accuracy by level of attack; empty when no adversarial set names levels. */
export function levelSection(results: Results): readonly string[] {
  const sets = results.input.table.columns.flatMap((task) => results.dataSet(task, 'adversarial') ?? []);
  const leveled = sets.filter(({ levels }) => levels !== undefined);
  const levels = levelsOf(leveled);
  if (levels.length === 0) return [];
  const rows = leveled.flatMap((set) => taskLines(results, set, levels));
  const header = ['Task', 'Model', ...levels.map((level) => `${level}, %`), 'all, %', 'clean, %'];
  return [
    '## By level of attack',
    markdownTable(header, rows, ['left', 'left', ...header.slice(2).map(() => 'right' as const)]),
    `Accuracy on the ${adversarialName(results)} examples of each level. *All* is computed from the examples, not from the ` +
      'three columns (in the paper’s Table 3 it is neither).',
  ];
}

function taskLines(
  results: Results,
  set: DataSet,
  levels: readonly string[],
): readonly (readonly string[])[] {
  const columns = [...levels, undefined].map((level) => placesOf(set, level));
  const majority = majorityOf(set);
  const clean = results.dataSet(set.task, 'clean');
  return [
    [
      taskLabels[set.task],
      'examples (n)',
      ...columns.map(({ length }) => String(length)),
      String(clean?.labels.length ?? nothing),
    ],
    [
      '',
      'majority class',
      ...columns.map((places) =>
        places.length === 0 ? nothing : percent(share(set, majority.predictions, places)),
      ),
      clean === undefined ? nothing : percent(majorityOf(clean).accuracy),
    ],
    ...results.input.table.rows.map((row) => [
      '',
      `**${row.name}**`,
      ...modelCells(results.group(row, set.task), set, columns),
    ]),
  ];
}

function modelCells(
  { done }: CellGroup,
  set: DataSet,
  columns: readonly (readonly number[])[],
): readonly string[] {
  const adversarial = columns.map((places) =>
    places.length === 0 || done.adversarial.length === 0
      ? nothing
      : overSeeds(done.adversarial.map(({ predictions }) => share(set, predictions, places))),
  );
  const clean = done.clean.length === 0 ? nothing : overSeeds(done.clean.map(({ accuracy }) => accuracy));
  return [...adversarial, clean];
}
