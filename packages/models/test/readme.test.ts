import { readFile } from 'node:fs/promises';
import { classify } from './readme-example.ts';
import { expectedOf, fixture } from './support/fixtures.ts';

test("the README's example is the file that is tested here", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8'));
});

test("the README's example classifies a batch and tells of its solves", async () => {
  const { inputs } = await expectedOf('bert');
  const { logits, solved, flops, drawn } = await classify(fixture('bert'), inputs);
  expect(logits.shape).toEqual([3, 3]);
  expect(solved).toEqual([true, true]);
  expect(flops).toBeGreaterThan(0);
  expect(drawn).toEqual([]);
});
