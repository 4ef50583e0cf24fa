import { mean } from '@im-bert/core';
import type { AverageKind } from './averages.ts';
import { nothing, percent, printedOr } from './format.ts';
import type { DataSetKind, PaperReference, TableTask } from './input.ts';
import { majorityOf } from './majority.ts';
import type { PaperRow } from './paper/lookup.ts';
import type { Results } from './results.ts';
import { setName } from './set-names.ts';

/** One line of the main table: the model (on its first line only), what the line holds, a text for each column. */
export type Line = readonly string[];

/** How many examples each set has. */
export function exampleLines(
  results: Results,
  averages: readonly AverageKind[],
  adversarial: DataSetKind,
): readonly Line[] {
  const count = (kind: DataSetKind) =>
    results.input.table.columns.map((task) => {
      const set = results.dataSet(task, kind);
      return set === undefined ? nothing : set.labels.length.toLocaleString('en-US');
    });
  const none = averages.map(() => '');
  return [
    ['examples (n)', setName(results, adversarial), ...count(adversarial), ...none],
    ['', setName(results, 'clean'), ...count('clean'), ...none],
  ];
}

/** What always answering each set's most frequent label scores. */
export function majorityLines(
  results: Results,
  averages: readonly AverageKind[],
  adversarial: DataSetKind,
): readonly Line[] {
  const line = (kind: DataSetKind) => {
    const sets = results.input.table.columns.map((task) => results.dataSet(task, kind));
    return [
      ...sets.map((set) => (set === undefined ? nothing : percent(majorityOf(set).accuracy))),
      ...averages.map((average) => majorityAverage(results, kind, average)),
    ];
  };
  return [
    ['majority class', setName(results, adversarial), ...line(adversarial)],
    ['', setName(results, 'clean'), ...line('clean')],
  ];
}

function majorityAverage(results: Results, kind: DataSetKind, average: AverageKind): string {
  const scores = results.input.table.columns.flatMap((task) => {
    const set = results.dataSet(task, kind);
    return set === undefined
      ? []
      : [[task, average.taskScore(task, majorityOf(set).predictions, set.labels)]];
  });
  const result = average.over(Object.fromEntries(scores) as Partial<Record<TableTask, number>>);
  return result.kind === 'value' ? percent(result.value) : nothing;
}

/** A published row. The official score stands only where the paper prints it: it needs QQP's F1. */
export function paperLine(
  paper: PaperRow,
  reference: PaperReference,
  columns: readonly TableTask[],
  averages: readonly AverageKind[],
  name: string,
): Line {
  const average = ({ label }: AverageKind): string => {
    if (label.startsWith('Official'))
      return paper.averageIs === 'official score' ? printedOr(paper.average) : nothing;
    if (columns.length === 6 && paper.averageIs === 'six-task mean') return printedOr(paper.average);
    const scores = columns.flatMap((task) => paper.scores[task] ?? []);
    return scores.length < columns.length ? nothing : mean(scores).toFixed(1);
  };
  return [
    name,
    `paper, ${(reference.block ?? reference.table).replace(/^n(?=\d)/, 'n = ')}`,
    ...columns.map((task) => printedOr(paper.scores[task])),
    ...averages.map(average),
  ];
}
