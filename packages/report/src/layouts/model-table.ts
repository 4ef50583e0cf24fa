import { nothing, taskLabels } from '../format.ts';
import type { TableRow } from '../input.ts';
import { markdownTable } from '../markdown-table.ts';
import type { Notes } from '../notes.ts';
import { type PaperRow, paperRow } from '../paper/lookup.ts';
import { byGroup, groupedLines } from './groups.ts';
import type { LayoutContext } from './layout.ts';
import type { Measure } from './measure.ts';
import { unfinishedOf } from './unfinished.ts';

const right = 'right' as const;

/**
 * A model's name in bold with the marks of its notes. They are inside: after `(All)**` a superscript would keep CommonMark from
 * seeing an end of the bold text.
 */
export function named({ name }: TableRow, notes: Notes, texts: readonly string[]): string {
  return `**${name}${texts.map((text) => notes.mark(text)).join('˒')}**`;
}

/** The model's name, with a mark for its note and one for each reason why runs of it are missing. */
function nameOf({ results, notes }: LayoutContext, row: TableRow): string {
  const { columns } = results.input.table;
  const missing = columns.flatMap((task) =>
    unfinishedOf(results.group(row, task).cells).map(({ note }) =>
      columns.length > 1 ? `${taskLabels[task]}: ${note}` : note,
    ),
  );
  const texts = [...(row.note === undefined ? [] : [`${row.name}: ${row.note}.`]), ...missing];
  return named(row, notes, texts);
}

function paperText({ paper }: Measure, published: PaperRow): string {
  return paper?.(published) ?? '';
}

/** Models as rows, a column for each measure; the paper's numbers stand below ours. */
export function modelRows(context: LayoutContext, measures: readonly Measure[]): string {
  const { rows } = context.results.input.table;
  const isPublished = rows.some(({ paper }) => paper !== undefined);
  const source = (text: string): readonly string[] => (isPublished ? [text] : []);
  const header = ['Model', ...source(''), ...measures.map(({ label }) => label)];
  const lines = (row: TableRow): readonly (readonly string[])[] => {
    const ours = [nameOf(context, row), ...source('here'), ...measures.map((measure) => measure.ours(row))];
    if (row.paper === undefined) return [ours];
    const published = paperRow(row.paper);
    return [
      ours,
      ['', ...source(published.source), ...measures.map((measure) => paperText(measure, published))],
    ];
  };
  const body = [
    ['examples (n)', ...source(''), ...measures.map(({ examples = '' }) => examples)],
    ['majority class', ...source(''), ...measures.map(({ majority = '' }) => majority)],
    ...groupedLines(
      byGroup(rows).map((row) => ({ group: row.group, lines: lines(row) })),
      header.length,
    ),
  ].filter((line) => line.slice(1).some((text) => text !== '') || line[0]?.startsWith('*'));
  return markdownTable(header, body, [
    'left',
    ...source('').map(() => 'left' as const),
    ...measures.map(() => right),
  ]);
}

/** Models as columns, a line for each measure; the paper's numbers stand below ours. */
export function modelColumns(context: LayoutContext, measures: readonly Measure[]): string {
  const rows = byGroup(context.results.input.table.rows);
  const published = rows.map((row) => (row.paper === undefined ? undefined : paperRow(row.paper)));
  const header = ['', 'n', 'majority', ...rows.map((row) => nameOf(context, row))];
  const body = measures.flatMap((measure) => {
    const ours = [
      measure.label,
      measure.examples ?? '',
      measure.majority ?? '',
      ...rows.map((row) => measure.ours(row)),
    ];
    const theirs = published.map((paper) => (paper === undefined ? '' : paperText(measure, paper)));
    const isPrinted = theirs.some((text) => text !== '' && text !== nothing);
    return isPrinted ? [ours, ['  paper', '', '', ...theirs]] : [ours];
  });
  return markdownTable(header, body, ['left', ...header.slice(1).map(() => right)]);
}
