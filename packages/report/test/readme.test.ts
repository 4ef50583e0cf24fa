import { readFile } from 'node:fs/promises';
import { markdown, plots, summary } from './readme-example.ts';

test("the README's example is the file that is tested here", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8');
  expect(readme).toContain(example);
});

test("the README's example renders a table, its gaps and its pictures", () => {
  expect(markdown).toContain('Seed 1 not run; run it with `im-bert run demo`');
  expect(summary).toContain('| **BERT**');
  expect(Object.keys(plots)).toEqual(['demo-accuracy.svg', 'demo-clean-against-adversarial.svg']);
});
