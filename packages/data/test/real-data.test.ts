import { join } from 'node:path';
import { type GlueTask, openDataStore } from '@im-bert/data';
import { realHub, realTest, temporaryFolder } from './support.ts';

/** Counts of word, sentence and human rows in AdvGLUE dev (docs of the data, counted independently). */
const levelCounts = {
  sst2: [80, 51, 17],
  qqp: [66, 5, 7],
  mnli: [85, 36, 0],
  'mnli-mm': [71, 48, 43],
  qnli: [91, 42, 15],
  rte: [62, 19, 0],
} as const satisfies Record<GlueTask, readonly number[]>;

realTest("AdvGLUE's dev set has the 738 examples and levels that it should", async () => {
  const store = await openDataStore(join(await temporaryFolder('real'), 'store.duckdb'));
  for (const [task, counts] of Object.entries(levelCounts) as [GlueTask, readonly number[]][]) {
    await store.ensure(task, realHub());
    const examples = await store.examples(task, 'adversarial');
    const found = ['word', 'sentence', 'human'].map(
      (level) => examples.filter((example) => example.level === level).length,
    );
    expect({ task, found }).toEqual({ task, found: counts });
  }
  store.close();
});

realTest('GLUE and IMDB have their rows, and held-out validation where the folder has none', async () => {
  const store = await openDataStore(join(await temporaryFolder('real'), 'store.duckdb'));
  for (const task of ['sst2', 'rte', 'qqp', 'mnli', 'mnli-mm', 'imdb'] as const)
    await store.ensure(task, realHub());
  const rows = (await store.status()).flatMap(({ task, split, content }) =>
    content === null || split.startsWith('adversarial')
      ? []
      : [[task, split, content.rows, content.heldOut] as const],
  );
  expect(rows).toEqual([
    ['sst2', 'train', 67349, false],
    ['sst2', 'validation', 872, false],
    ['qqp', 'train', 8094, false],
    ['qqp', 'validation', 905, true],
    ['mnli', 'train', 8143, false],
    ['mnli', 'validation', 856, true],
    ['mnli-mm', 'train', 8143, false],
    ['mnli-mm', 'validation', 856, true],
    ['rte', 'train', 2490, false],
    ['rte', 'validation', 277, false],
    ['imdb', 'train', 1000, false],
    ['imdb', 'validation', 1000, false],
  ]);
  store.close();
});
