import { accuracy, UserError } from '@im-bert/core';
import type { Cell, DataSet, DataSetKind, ReportInput, TableRow, TableTask } from './input.ts';

/** One finished run's predictions on one test set. */
export interface SeedResult {
  readonly seed: number;
  readonly predictions: readonly number[];
  /** From 0 to 1. */
  readonly accuracy: number;
}

/** What a table's cell stands for: all seeds of one row on one task. */
export interface CellGroup {
  readonly row: TableRow;
  readonly task: TableTask;
  readonly cells: readonly Cell[];
  /** Finished seeds in ascending order, by kind of test set; none where the set or the predictions are absent. */
  readonly done: Readonly<Record<DataSetKind, readonly SeedResult[]>>;
}

/** The report's input, grouped and checked. */
export interface Results {
  readonly input: ReportInput;
  readonly group: (row: TableRow, task: TableTask) => CellGroup;
  readonly dataSet: (task: TableTask, kind: DataSetKind) => DataSet | undefined;
}

/** The kinds of test set that every table shows, in the order of the lines. */
export const dataSetKinds = ['adversarial', 'clean'] as const satisfies readonly DataSetKind[];

/**
 * Groups the cells by row and task.
 * @throws UserError if rows or seeds repeat, a cell is of no row or column, or predictions do not fit their data set
 */
export function groupResults(input: ReportInput): Results {
  const { rows, columns } = input.table;
  const dataSet: Results['dataSet'] = (task, kind) =>
    input.dataSets.find((set) => set.task === task && set.kind === kind && set.labels.length > 0);
  checkUnique(
    'rows',
    rows.map(({ name }) => name),
  );
  checkUnique(
    'cells',
    input.cells.map(({ row, task, seed }) => `${row}, ${task}, seed ${seed}`),
  );
  for (const { row, task } of input.cells) checkKnown(row, task, input);
  const groups = rows.flatMap((row) =>
    columns.map((task): CellGroup => {
      const cells = input.cells.filter((cell) => cell.row === row.name && cell.task === task);
      const finished = (kind: DataSetKind): SeedResult[] => seedResults(cells, dataSet(task, kind), kind);
      const [clean, adversarial, test] = [finished('clean'), finished('adversarial'), finished('test')];
      return { row, task, cells, done: { clean, adversarial, test } };
    }),
  );
  return {
    input,
    dataSet,
    group: (row, task) =>
      groups.find((group) => group.row.name === row.name && group.task === task) ?? emptyGroup(row, task),
  };
}

function emptyGroup(row: TableRow, task: TableTask): CellGroup {
  return { row, task, cells: [], done: { clean: [], adversarial: [], test: [] } };
}

function checkUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UserError({ where: `report input, ${what}`, expected: 'each once', got: `two of ${twice}` });
}

function checkKnown(row: string, task: TableTask, { table }: ReportInput): void {
  if (table.rows.some(({ name }) => name === row) && table.columns.includes(task)) return;
  throw new UserError({
    where: 'report input, cells',
    expected: `a row of ${table.rows.map(({ name }) => name).join(', ')} and a task of ${table.columns.join(', ')}`,
    got: `${row}, ${task}`,
  });
}

function seedResults(cells: readonly Cell[], dataSet: DataSet | undefined, kind: DataSetKind): SeedResult[] {
  if (dataSet === undefined) return [];
  return cells
    .flatMap(({ row, task, seed, outcome }) => {
      const predictions = outcome.status === 'done' ? outcome.predictions[kind] : undefined;
      if (predictions === undefined) return [];
      if (predictions.length !== dataSet.labels.length)
        throw new UserError({
          where: `report input, ${row}, ${task}, seed ${seed}, ${kind}`,
          expected: `${dataSet.labels.length} predictions, one for each label`,
          got: String(predictions.length),
        });
      return [{ seed, predictions, accuracy: accuracy(predictions, dataSet.labels) }];
    })
    .sort((a, b) => a.seed - b.seed);
}
