import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@im-bert/core';
import { monotoneConnection, randomModel } from '@im-bert/models';
import { fineTune } from './readme-example.ts';
import { tinyConfig } from './support/tiny-config.ts';
import { toyBatches } from './support/toy-batches.ts';

test("the README's example is the file that is tested here", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8'));
});

test("the README's example trains, and goes on where it ended", async () => {
  const model = randomModel({ config: tinyConfig, connection: monotoneConnection, labels: 2 }, 1);
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-readme-'));
  const validation = toyBatches(6, randomStream(0, 'validation'));
  const run = () => fineTune(model, (random) => toyBatches(10, random), validation, folder);
  const first = await run();
  expect([first.status, first.steps.length, first.validations.length]).toEqual(['finished', 9, 3]);
  expect(await run()).toEqual(first);
}, 60_000);
