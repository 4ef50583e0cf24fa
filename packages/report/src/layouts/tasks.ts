import { accuracyInterval } from '../accuracy-interval.ts';
import {
  type AverageKind,
  averageInterval,
  averageKinds,
  averagesExplained,
  rowAverage,
} from '../averages.ts';
import { listed, nothing, overSeeds, percentInterval, taskLabels } from '../format.ts';
import type { AdversarialSet, DataSetKind, TableRow } from '../input.ts';
import { markdownTable } from '../markdown-table.ts';
import { paperRow } from '../paper/lookup.ts';
import { exampleLines, type Line, majorityLines, paperLine } from '../reference-lines.ts';
import type { CellGroup, Results } from '../results.ts';
import { setName } from '../set-names.ts';
import { byGroup, groupedLines } from './groups.ts';
import type { Layout, LayoutContext } from './layout.ts';
import { named } from './model-table.ts';
import { significance, starExplained } from './significance.ts';
import { unfinishedOf } from './unfinished.ts';

/**
 * Tables 1 and 2: a column for each task. Each model has a line for its adversarial accuracy, for that number's 95 %
 * interval, for its clean accuracy, and for the paper's number, so none of them can be read without the others. AdvGLUE's
 * test set, where it is there, has a table of its own below.
 */
export const tasks: Layout = (context) => {
  const { table, dataSets } = context.results.input;
  const hasTest = dataSets.some(({ kind }) => kind === 'test');
  return {
    table: [
      tasksTable(context, 'adversarial'),
      ...(hasTest ? ['AdvGLUE’s test set:', tasksTable(context, 'test')] : []),
    ].join('\n\n'),
    explanation:
      "95 % interval: Wilson's at the mean accuracy over seeds, with the n of one test set, so it covers the choice of examples and the " +
      '± covers the seeds; under averages, a bootstrap over examples. ' +
      starExplained(context) +
      averagesExplained(table.columns),
  };
};

function tasksTable(context: LayoutContext, adversarial: AdversarialSet): string {
  const { results } = context;
  const { columns, rows, published = [] } = results.input.table;
  const averages = averageKinds(columns);
  const header = [
    'Model',
    'Accuracy, %',
    ...columns.map((task) => taskLabels[task]),
    ...averages.map((a) => a.label),
  ];
  const shown = published.filter(({ block }) => (block === 'test') === (adversarial === 'test'));
  const body = [
    ...exampleLines(results, averages, adversarial),
    ...majorityLines(results, averages, adversarial),
    ...groupedLines(
      byGroup(rows).map((row) => ({
        group: row.group,
        lines: rowLines(context, row, averages, adversarial),
      })),
      header.length,
    ),
    ...groupedLines(
      shown.map((reference) => ({
        group: 'Published, not run here',
        lines: [paperLine(paperRow(reference), reference, columns, averages, `**${reference.row}**`)],
      })),
      header.length,
    ),
  ];
  return markdownTable(header, body, ['left', 'left', ...header.slice(2).map(() => 'right' as const)]);
}

function rowLines(
  context: LayoutContext,
  row: TableRow,
  averages: readonly AverageKind[],
  adversarial: AdversarialSet,
): readonly Line[] {
  const { results, notes } = context;
  const groups = results.input.table.columns.map((task) => results.group(row, task));
  const name = named(row, notes, row.note === undefined ? [] : [`${row.name}: ${row.note}.`]);
  const numbers = (kind: DataSetKind): Line => [
    ...groups.map((group) => cellText(context, group, kind)),
    ...averages.map((average) => averageText(context, row, kind, average)),
  ];
  const intervals = [
    ...groups.map((group) => intervalText(results, group, adversarial)),
    ...averages.map((average) => {
      const interval = averageInterval(results, row, adversarial, average);
      return interval === undefined ? '' : percentInterval(interval);
    }),
  ];
  const lines: Line[] = [
    [name, setName(results, adversarial), ...numbers(adversarial)],
    ['', '95 % interval', ...intervals],
    ['', setName(results, 'clean'), ...numbers('clean')],
  ];
  const paper = adversarial === 'test' ? row.paperTest : row.paper;
  if (paper !== undefined)
    lines.push(paperLine(paperRow(paper), paper, results.input.table.columns, averages, ''));
  return lines;
}

function cellText(context: LayoutContext, { row, task, cells, done }: CellGroup, kind: DataSetKind): string {
  const results = done[kind];
  const unfinished = unfinishedOf(cells);
  // The notes stand at the first line of the two.
  const marks = kind === 'clean' ? '' : unfinished.map(({ note }) => context.notes.mark(note)).join('˒');
  if (results.length > 0) {
    const star = kind === 'clean' ? '' : significance(context, row, task, kind).star;
    return `${overSeeds(results.map(({ accuracy }) => accuracy))}${star}${marks}`;
  }
  if (unfinished.length === 0) return nothing;
  return `${unfinished.some(({ status }) => status === 'failed') ? 'failed' : 'not run'}${marks}`;
}

function intervalText(results: Results, group: CellGroup, kind: AdversarialSet): string {
  const interval = accuracyInterval(results, group, kind);
  return interval === undefined ? '' : percentInterval(interval);
}

function averageText(context: LayoutContext, row: TableRow, kind: DataSetKind, average: AverageKind): string {
  const { results, notes } = context;
  const value = rowAverage(results, row, kind, average);
  if (value.kind === 'values') {
    const isTested = kind !== 'clean' && !average.label.startsWith('Official');
    return `${overSeeds(value.values)}${isTested ? significance(context, row, 'mean', kind).star : ''}`;
  }
  const missing =
    value.missing.length === 0
      ? 'no seed finished every task'
      : `${listed(value.missing.map((task) => taskLabels[task]))} missing`;
  return `${nothing}${notes.mark(`No average: ${missing}.`)}`;
}
