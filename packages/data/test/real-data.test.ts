import { join } from 'node:path';
import { type GlueTask, openDataStore, tasks } from '@im-bert/data';
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
    // what people wrote has no text before it
    const without = examples.filter(({ original }) => original === undefined);
    expect({ task, without: without.map(({ level }) => level) }).toEqual({
      task,
      without: without.map(() => 'human'),
    });
  }
  store.close();
});

realTest('SST-2 and RTE are complete; what the folder lacks of the others is held out of train', async () => {
  const store = await openDataStore(join(await temporaryFolder('real'), 'store.duckdb'));
  const hub = realHub();
  for (const task of ['sst2', 'rte', 'qqp', 'mnli', 'mnli-mm', 'imdb'] as const)
    await store.ensure(task, hub);
  for (const { task, split, content } of await store.status()) {
    if (split !== 'validation' || content === null) continue;
    const hasFile = (await hub.find(tasks[task].validation.path)) !== undefined;
    expect({ task, heldOut: content.heldOut }).toEqual({ task, heldOut: !hasFile });
  }
  const count = async (task: 'sst2' | 'rte', split: 'train' | 'validation'): Promise<number> =>
    (await store.examples(task, split)).length;
  expect([await count('sst2', 'train'), await count('sst2', 'validation')]).toEqual([67349, 872]);
  expect([await count('rte', 'train'), await count('rte', 'validation')]).toEqual([2490, 277]);
  store.close();
});
