import { mean, wilsonInterval } from '@im-bert/core';
import { type AverageKind, averageInterval, averageKinds, rowAverage } from './averages.ts';
import { listed, nothing, overSeeds, percentInterval, taskLabels } from './format.ts';
import type { Cell, DataSetKind, TableRow } from './input.ts';
import { markdownTable } from './markdown-table.ts';
import type { Notes } from './notes.ts';
import { paperRow } from './paper/lookup.ts';
import { exampleLines, type Line, majorityLines, paperLine } from './reference-lines.ts';
import type { CellGroup, Results } from './results.ts';
import { adversarialName, cleanName } from './set-names.ts';

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

function cellText({ cells, done }: CellGroup, kind: DataSetKind, notes: Notes): string {
  const results = done[kind];
  const unfinished = unfinishedOf(cells);
  // The notes stand at the first line of the two.
  const marks = kind === 'clean' ? '' : unfinished.map(({ note }) => notes.mark(note)).join('˒');
  if (results.length > 0) return `${overSeeds(results.map(({ accuracy }) => accuracy))}${marks}`;
  if (unfinished.length === 0) return nothing;
  return `${unfinished.some(({ status }) => status === 'failed') ? 'failed' : 'not run'}${marks}`;
}

/** The seeds of a cell that have no result, put together by reason. */
function unfinishedOf(cells: readonly Cell[]): readonly { readonly status: string; readonly note: string }[] {
  const reasons = cells.flatMap(({ seed, outcome }) => {
    if (outcome.status === 'done') return [];
    const { status } = outcome;
    const why =
      status === 'failed' ? `failed: ${outcome.reason}` : `not run; run it with \`${outcome.command}\``;
    return [{ seed, status, why }];
  });
  return [...new Set(reasons.map(({ why }) => why))].map((why) => {
    const same = reasons.filter((reason) => reason.why === why);
    const seeds = listed(same.map(({ seed }) => String(seed)));
    return { status: same[0]?.status ?? '', note: `Seed${same.length === 1 ? '' : 's'} ${seeds} ${why}` };
  });
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
  return `${nothing}${notes.mark(`No average: ${missing}.`)}`;
}
