import { readFileSync } from 'node:fs';
import { kernelTable } from '../src/lowering/kernel-table.ts';
import { losses } from './readme-example.ts';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test("the README's example is the file that is tested here", () => {
  expect(text('../README.md')).toContain(text('./readme-example.ts'));
});

test("the README's example does what its comment says", async () => {
  expect(text('./readme-example.ts')).toContain(`// ${await losses()}\n`);
});

test("the README's table of kernels is that of the lowerings (npm run build && node packages/jit/tools/write-kernel-table.mjs)", () => {
  expect(text('../README.md')).toContain(kernelTable());
});
