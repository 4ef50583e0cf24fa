/** Writes the README's table of kernels from the lowering tables. Run after a build: node packages/jit/tools/write-kernel-table.mjs */
import { readFile, writeFile } from 'node:fs/promises';
import { kernelTable } from '../dist/lowering/kernel-table.js';

const readme = new URL('../README.md', import.meta.url);
const marks = /(<!-- kernels: [^>]*-->\n\n)[^]*?(\n\n<!-- end of kernels -->)/;
await writeFile(
  readme,
  (await readFile(readme, 'utf8')).replace(marks, (_all, begin, end) => begin + kernelTable() + end),
);
