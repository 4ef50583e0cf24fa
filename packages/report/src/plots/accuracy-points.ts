import { mean } from '@im-bert/core';
import { accuracyInterval } from '../accuracy-interval.ts';
import { taskLabels } from '../format.ts';
import type { TableRow, TableTask } from '../input.ts';
import { majorityOf } from '../majority.ts';
import { adversarialName } from '../set-names.ts';
import { paperRow } from '../paper/lookup.ts';
import { type CellGroup, dataSetKinds, type Results } from '../results.ts';

/** One mark: an accuracy in per cent, with its interval unless it is the paper's. */
export interface Point {
  readonly task: string;
  readonly model: string;
  readonly kind: string;
  readonly accuracy: number;
  readonly low?: number;
  readonly high?: number;
}

/** The majority class's accuracy on one task's set, in per cent. */
export interface MajorityMark {
  readonly task: string;
  readonly kind: string;
  readonly majority: number;
}

/** What the legend calls the clean, the adversarial and the published numbers. */
export function kindNames(results: Results) {
  const paper = results.input.attack === undefined ? 'paper, AdvGLUE' : 'paper, under attack';
  return { clean: 'clean', adversarial: adversarialName(results), paper } as const;
}

/** Ours and the paper's accuracies of every finished cell. The paper's are left out beside generated data. */
export function accuracyPoints(results: Results): readonly Point[] {
  const { rows, columns } = results.input.table;
  return rows.flatMap((row) =>
    columns.flatMap((task) => {
      const measured = measuredPoints(results, results.group(row, task));
      return measured.length === 0 ? [] : [...measured, ...publishedPoint(results, row, task)];
    }),
  );
}

function measuredPoints(results: Results, group: CellGroup): readonly Point[] {
  return dataSetKinds.flatMap((kind): readonly Point[] => {
    const interval = accuracyInterval(results, group, kind);
    if (interval === undefined) return [];
    const accuracy = 100 * mean(group.done[kind].map((seed) => seed.accuracy));
    const where = { task: taskLabels[group.task], model: group.row.name, kind: kindNames(results)[kind] };
    return [{ ...where, accuracy, low: 100 * interval.low, high: 100 * interval.high }];
  });
}

function publishedPoint(results: Results, row: TableRow, task: TableTask): readonly Point[] {
  if (row.paper === undefined || results.input.synthetic) return [];
  const accuracy = paperRow(row.paper).scores[task];
  return accuracy === undefined
    ? []
    : [{ task: taskLabels[task], model: row.name, kind: kindNames(results).paper, accuracy }];
}

/** The majority class of every set of the shown tasks. */
export function majorityMarks(results: Results, shownTasks: readonly string[]): readonly MajorityMark[] {
  return results.input.table.columns
    .filter((task) => shownTasks.includes(taskLabels[task]))
    .flatMap((task) =>
      dataSetKinds.flatMap((kind) => {
        const set = results.dataSet(task, kind);
        if (set === undefined) return [];
        return [
          {
            task: taskLabels[task],
            kind: kindNames(results)[kind],
            majority: 100 * majorityOf(set).accuracy,
          },
        ];
      }),
    );
}
