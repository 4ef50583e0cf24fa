import type { TableRow } from '../input.ts';

/** Rows with those of one group together, groups in the order of their first row. */
export function byGroup(rows: readonly TableRow[]): readonly TableRow[] {
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups.flatMap((group) => rows.filter((row) => row.group === group));
}

/** The lines of all entries, with a heading above each group. @param width cells a line */
export function groupedLines(
  entries: readonly { readonly group: string | undefined; readonly lines: readonly (readonly string[])[] }[],
  width: number,
): readonly (readonly string[])[] {
  return entries.flatMap(({ group, lines }, index) => {
    const isNew = group !== undefined && group !== entries[index - 1]?.group;
    return isNew ? [[`*${group}*`, ...new Array<string>(width - 1).fill('')], ...lines] : lines;
  });
}
