import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineTune } from './readme-example.ts';

test("the README's example is the file that is tested here", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8'));
});

test("the README's example learns its two sequences", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'training-readme-'));
  const { status, steps, validations } = await fineTune(folder);
  expect([status, steps.length]).toEqual(['finished', 20]);
  expect(validations.at(-1)?.loss).toBeLessThan(0.5 * (validations[0]?.loss ?? 0));
  await rm(folder, { recursive: true });
});
