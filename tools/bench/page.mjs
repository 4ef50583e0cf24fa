import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ratio, summary } from './statistics.mjs';

const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];
const columns = [
  'case',
  'this project, s',
  'of it optimizer',
  'rival',
  'pairs',
  'its s',
  'its time / ours',
  'peak memory, GB: ours, its',
];

/**
 * Replaces the measured rows in docs/performance.md and leaves the others, if they are of the same machine; the words
 * around the table are written by hand.
 * @param titles of all cases, in the page's order
 */
export function writePage(root, { machine, rows, titles }) {
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  const [before, measured, after] = page.split(new RegExp(`${begin}|${end}`));
  const heading = `${machine}. Medians of pairs of steps in turns, with their range.`;
  const kept = measured.includes(heading) ? measured.split('\n').filter((line) => line.startsWith('|')) : [];
  const lines = titles.flatMap((title) => {
    const row = rows.find((candidate) => candidate.title === title);
    if (row !== undefined) return row.results.map((result) => lineOf(title, result));
    return kept.filter((line) => line.split('|')[1].trim() === title);
  });
  const table = [columns, columns.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  writeFileSync(
    path,
    `${before}${begin}\n\n${heading}\n\n${[...table, ...lines].join('\n')}\n\n${end}${after}`,
  );
}

function lineOf(title, { rival, ours, theirs }) {
  const { seconds, optimizer, peak } = summary(ours);
  const own = `| ${title} | ${seconds} | ${optimizer} %`;
  if (rival === null) return `${own} | - | - | - | - | ${peak}, - |`;
  const other = summary(theirs);
  return `${own} | ${rival} | ${theirs.length} | ${other.seconds} | ${ratio(ours, theirs)} | ${peak}, ${other.peak} |`;
}
