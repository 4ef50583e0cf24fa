import { type AdvGlueTask, mean, wilsonInterval } from '@im-bert/core';
import { type AverageKind, averageInterval, averageKinds, rowAverage } from './averages.ts';
import { listed, nothing, overSeeds, percent, percentInterval, printed, taskLabels } from './format.ts';
import type { DataSetKind, TableRow } from './input.ts';
import { majorityOf } from './majority.ts';
import { markdownTable } from './markdown-table.ts';
import type { Notes } from './notes.ts';
import { type PaperReference, type PaperRow, paperRow } from './paper/lookup.ts';
import type { CellGroup, Results } from './results.ts';

/** One line of the table: the model (on its first line only), what the line holds, and a text for each column. */
type Line = readonly string[];

/**
 * The table in the paper's layout. Each model has a line for its adversarial accuracy, for that number's 95 % interval,
 * for its clean accuracy, and for the paper's number, so none of them can be read without the others.
 */
export function mainTable(results: Results, notes: Notes): string {
  const { columns, rows, published = [] } = results.input.table;
  const averages = averageKinds(columns);
  const header = [
    'Model',
    'Accuracy, %',
    ...columns.map((task) => taskLabels[task]),
    ...averages.map((a) => a.label),
  ];
  const body = [
    ...exampleLines(results, averages),
    ...majorityLines(results, averages),
    ...grouped(
      rows.map((row) => ({ group: row.group, lines: rowLines(results, row, averages, notes) })),
      header.length,
    ),
    ...grouped(
      published.map((reference) => ({
        group: 'Published, not run here',
        lines: [paperLine(paperRow(reference), reference, columns, averages, `**${reference.row}**`)],
      })),
      header.length,
    ),
  ];
  return markdownTable(header, body, ['left', 'left', ...header.slice(2).map(() => 'right' as const)]);
}

function grouped(
  entries: readonly { readonly group: string | undefined; readonly lines: readonly Line[] }[],
  width: number,
): readonly Line[] {
  return entries.flatMap(({ group, lines }, index) => {
    const isNew = group !== undefined && group !== entries[index - 1]?.group;
    return isNew ? [[`*${group}*`, ...new Array<string>(width - 1).fill('')], ...lines] : lines;
  });
}

/** What the adversarial sets are called: never AdvGLUE when they are generated. */
export function adversarialName({ input }: Results): string {
  return input.synthetic ? 'synthetic twin' : 'AdvGLUE';
}

function cleanName({ input }: Results): string {
  return input.synthetic ? 'synthetic clean' : 'clean';
}

function exampleLines(results: Results, averages: readonly AverageKind[]): readonly Line[] {
  const count = (kind: DataSetKind) =>
    results.input.table.columns.map((task) => {
      const set = results.dataSet(task, kind);
      return set === undefined ? nothing : set.labels.length.toLocaleString('en-US');
    });
  const none = averages.map(() => '');
  return [
    ['examples (n)', adversarialName(results), ...count('adversarial'), ...none],
    ['', cleanName(results), ...count('clean'), ...none],
  ];
}

function majorityLines(results: Results, averages: readonly AverageKind[]): readonly Line[] {
  const line = (kind: DataSetKind) => {
    const sets = results.input.table.columns.map((task) => results.dataSet(task, kind));
    return [
      ...sets.map((set) => (set === undefined ? nothing : percent(majorityOf(set).accuracy))),
      ...averages.map((average) => majorityAverage(results, kind, average)),
    ];
  };
  return [
    ['majority class', adversarialName(results), ...line('adversarial')],
    ['', cleanName(results), ...line('clean')],
  ];
}

function majorityAverage(results: Results, kind: DataSetKind, average: AverageKind): string {
  const scores = results.input.table.columns.flatMap((task) => {
    const set = results.dataSet(task, kind);
    return set === undefined
      ? []
      : [[task, average.taskScore(task, majorityOf(set).predictions, set.labels)]];
  });
  const result = average.over(Object.fromEntries(scores) as Partial<Record<AdvGlueTask, number>>);
  return result.kind === 'value' ? percent(result.value) : nothing;
}

function rowLines(
  results: Results,
  row: TableRow,
  averages: readonly AverageKind[],
  notes: Notes,
): readonly Line[] {
  const groups = results.input.table.columns.map((task) => results.group(row, task));
  const name =
    row.note === undefined ? `**${row.name}**` : `**${row.name}**${notes.mark(`${row.name}: ${row.note}.`)}`;
  const numbers = (kind: DataSetKind): Line => [
    ...groups.map((group) => cellText(group, kind, notes)),
    ...averages.map((average) => averageText(results, row, kind, average, notes)),
  ];
  const intervals = [
    ...groups.map((group) => intervalText(group)),
    ...averages.map((average) => {
      const interval = averageInterval(results, row, 'adversarial', average);
      return interval === undefined ? '' : percentInterval(interval);
    }),
  ];
  const lines: Line[] = [
    [name, adversarialName(results), ...numbers('adversarial')],
    ['', '95 % interval', ...intervals],
    ['', cleanName(results), ...numbers('clean')],
  ];
  if (row.paper !== undefined)
    lines.push(paperLine(paperRow(row.paper), row.paper, results.input.table.columns, averages, ''));
  return lines;
}

function cellText({ cells, done, row, task }: CellGroup, kind: DataSetKind, notes: Notes): string {
  const results = done[kind];
  const unfinished = cells.flatMap(({ seed, outcome }) =>
    outcome.status === 'done' ? [] : [{ seed, outcome: outcome }],
  );
  const reasons = unfinished.map(({ seed, outcome }) => {
    const what =
      outcome.status === 'failed'
        ? `failed: ${outcome.reason}`
        : `not run; run it with \`${outcome.command}\``;
    return `${row.name} on ${taskLabels[task]}, seed ${seed} ${what}`;
  });
  const marks = reasons.map((reason) => notes.mark(reason)).join('˒');
  if (results.length > 0) return `${overSeeds(results.map(({ accuracy }) => accuracy))}${marks}`;
  if (unfinished.length === 0) return nothing;
  return `${unfinished.some(({ outcome }) => outcome.status === 'failed') ? 'failed' : 'not run'}${marks}`;
}

/** Wilson's interval at the mean accuracy over seeds, with the task's n: pooling seeds would count examples twice. */
function intervalText({ done }: CellGroup): string {
  const [first] = done.adversarial;
  if (first === undefined) return '';
  const n = first.predictions.length;
  return percentInterval(wilsonInterval(n * mean(done.adversarial.map(({ accuracy }) => accuracy)), n));
}

function averageText(
  results: Results,
  row: TableRow,
  kind: DataSetKind,
  average: AverageKind,
  notes: Notes,
): string {
  const value = rowAverage(results, row, kind, average);
  if (value.kind === 'values') return overSeeds(value.values);
  const missing =
    value.missing.length === 0
      ? 'no seed finished every task'
      : `${listed(value.missing.map((task) => taskLabels[task]))} missing`;
  return `${nothing}${notes.mark(`${row.name} has no average: ${missing}.`)}`;
}

function paperLine(
  paper: PaperRow,
  reference: PaperReference,
  columns: readonly AdvGlueTask[],
  averages: readonly AverageKind[],
  name: string,
): Line {
  const average = ({ label }: AverageKind): string => {
    if (label.startsWith('Official'))
      return paper.averageIs === 'official score' ? printed(paper.average) : nothing;
    if (columns.length === 6 && paper.averageIs === 'six-task mean') return printed(paper.average);
    return mean(columns.map((task) => paper.scores[task])).toFixed(1);
  };
  return [
    name,
    `paper, ${reference.block.replace(/^n/, 'n = ')}`,
    ...columns.map((task) => printed(paper.scores[task])),
    ...averages.map(average),
  ];
}
