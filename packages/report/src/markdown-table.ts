/** How a column's text is set. */
export type Alignment = 'left' | 'right';

/** Characters, not UTF-16 units. */
const widthOf = (text: string): number => Array.from(text).length;

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/**
 * A markdown table whose source is aligned too, so that it can be read in a terminal.
 * @param rows cells by row; each row has as many as the header
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string {
  const lines = [header, ...rows].map((row) => row.map(escaped));
  const widths = header.map((_, column) => Math.max(3, ...lines.map((line) => widthOf(line[column] ?? ''))));
  const padded = (text: string, column: number): string => {
    const space = ' '.repeat((widths[column] ?? 0) - widthOf(text));
    return alignments[column] === 'right' ? space + text : text + space;
  };
  const rule = widths.map((width, column) =>
    alignments[column] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [head = [], ...body] = lines.map((line) => line.map(padded));
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
