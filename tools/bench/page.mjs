import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ratio, summary } from './statistics.mjs';

const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

/** Replaces the measured part of docs/performance.md; the words around it are written by hand. */
export function writePage(root, { machine, command, rows }) {
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  const [before, rest] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
  const text = [
    `${machine}. \`${command}\`; each figure is a median with its range.`,
    '',
    '| case | this project, s | of it optimizer | rival | its s | its time / ours | peak memory, GB: ours, its |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.flatMap(({ title, results }) => results.map((result) => line(title, result))),
  ].join('\n');
  writeFileSync(path, `${before}${begin}\n\n${text}\n\n${rest}`);
}

function line(title, { rival, ours, theirs }) {
  const { seconds, optimizer, peak } = summary(ours);
  const own = `| ${title} | ${seconds} | ${optimizer} %`;
  if (rival === null) return `${own} | - | - | - | ${peak}, - |`;
  const other = summary(theirs);
  return `${own} | ${rival} | ${other.seconds} | ${ratio(ours, theirs)} | ${peak}, ${other.peak} |`;
}
