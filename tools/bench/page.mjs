import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { median, spread } from './statistics.mjs';

const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

/** Replaces the measured part of docs/performance.md; the words around it are written by hand. */
export function writePage(root, { machine, repeats, rows }) {
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  const [before, rest] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
  const text = [
    `${machine}. Each ratio is the median of ${repeats} pairs of steps in turns.`,
    '',
    '| case | this project, s (range) | rival | its s (range) | its time / ours | peak memory, GB: ours, its |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.flatMap(({ title, results }) => results.map((result) => line(title, result))),
  ].join('\n');
  writeFileSync(path, `${before}${begin}\n\n${text}\n\n${rest}`);
}

function line(title, { rival, ours, theirs }) {
  const seconds = (steps) => spread(steps.map((step) => step.seconds));
  const peak = (steps) => Math.max(...steps.map((step) => step.peak)).toFixed(1);
  if (rival === null) return `| ${title} | ${seconds(ours)} | - | - | - | ${peak(ours)}, - |`;
  const ratio = median(ours.map((step, index) => theirs[index].seconds / step.seconds)).toFixed(2);
  return `| ${title} | ${seconds(ours)} | ${rival} | ${seconds(theirs)} | ${ratio} | ${peak(ours)}, ${peak(theirs)} |`;
}
