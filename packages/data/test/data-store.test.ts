import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DataStore, openDataStore, resolveHub } from '@im-bert/data';
import { temporaryFolder, writeParquet } from './support.ts';

const rte = (split: string): string => `datasets/nyu-mll/glue/rte/${split}-00000-of-00001.parquet`;
const mnli = 'datasets/nyu-mll/glue/mnli/train-00000-of-00001.parquet';
const dev = 'adversarialglue.github.io/dataset/dev_ann.json';
const pairs = (from: number, to: number, labels: number): string =>
  `select 'first ' || i as sentence1, 'second ' || i as sentence2, i % ${String(labels)} as label, 100 + i as idx
   from range(${String(from)}, ${String(to)}) r(i)`;
const nliRows = `select 'premise ' || (i // 3) as premise, 'hypothesis ' || i as hypothesis, i % 3 as label, i as idx
   from range(0, 900) r(i)`;

const attack = (fields: object): object => ({
  idx: 7,
  sentence1: 'a',
  sentence2: 'b',
  premise: 'a',
  hypothesis: 'b',
  question: 'a',
  sentence: 'b',
  question1: 'a',
  question2: 'b',
  label: 1,
  data_construction: 'word',
  method: 'TextFooler',
  ...fields,
});

/** An AdvGLUE file whose every task has the rows. */
function advGlue(rows: readonly object[]): string {
  const names = ['sst2', 'qqp', 'mnli', 'mnli-mm', 'qnli', 'rte'];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, rows])));
}

let folder: string;
let store: DataStore;
let storePath: string;

beforeEach(async () => {
  folder = await temporaryFolder('store');
  storePath = join(folder, 'data', 'store.duckdb');
  await writeParquet(join(folder, rte('train')), pairs(0, 20, 2));
  await writeParquet(join(folder, rte('validation')), pairs(20, 30, 2));
  await put(dev, advGlue([attack({}), attack({ idx: 8, data_construction: 'human', method: 'CheckList' })]));
  store = await openDataStore(storePath);
});

afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const load = (task: 'rte' | 'mnli' | 'mnli-mm' | 'qnli'): Promise<boolean> =>
  store.ensure(task, resolveHub({ folder }));

test('a task is read once, kept in the file, and known again with the same ids and digest', async () => {
  expect(await load('rte')).toBe(true);
  expect(await load('rte')).toBe(false);
  const digest = store.digest('rte');
  const train = await store.examples('rte', 'train');
  expect(train).toHaveLength(20);
  expect(train[3]).toEqual({ id: 'rte/train/103', texts: ['first 3', 'second 3'], label: 1 });
  expect((await store.examples('rte', 'validation'))[0]?.id).toBe('rte/validation/120');
  store.close();
  store = await openDataStore(storePath);
  expect(store.digest('rte')).toBe(digest);
  expect(await store.examples('rte', 'train')).toEqual(train);
  expect(await load('rte')).toBe(false);
});

test('adversarial examples know their texts before the attack, where the file says', async () => {
  await put(dev, advGlue([attack({ original_sentence2: 'b before' }), attack({ idx: 8 })]));
  await load('rte');
  expect((await store.examples('rte', 'adversarial')).map(({ original }) => original)).toEqual([
    ['a', 'b before'],
    undefined,
  ]);
});

test('adversarial examples keep level, method and the idx of AdvGLUE', async () => {
  await load('rte');
  expect(await store.examples('rte', 'adversarial')).toEqual([
    { id: 'advglue/dev/rte/7', texts: ['a', 'b'], label: 1, level: 'word', method: 'TextFooler' },
    { id: 'advglue/dev/rte/8', texts: ['a', 'b'], label: 1, level: 'human', method: 'CheckList' },
  ]);
});

test("AdvGLUE's test file is read when it is given, without its benign rows", async () => {
  await load('rte');
  await expect(store.examples('rte', 'adversarial-test')).rejects.toThrow(
    'rte adversarial-test: expected data in the store, got none.',
  );
  const rows = [
    attack({ method: 'glue', data_construction: 'glue' }),
    attack({ idx: 7 }),
    attack({ idx: 9 }),
  ];
  await put(dev.replace('dev', 'test'), advGlue(rows));
  expect(await load('rte')).toBe(true);
  const ids = (await store.examples('rte', 'adversarial-test')).map(({ id }) => id);
  expect(ids).toEqual(['advglue/test/rte/7', 'advglue/test/rte/9']);
});

test('other rows in a file are read anew and change the digest; the same rows from elsewhere do not', async () => {
  await load('rte');
  const digest = store.digest('rte');
  await writeParquet(join(folder, rte('train')), `${pairs(0, 20, 2)} order by i`);
  await load('rte');
  expect(store.digest('rte')).toBe(digest);
  await writeParquet(join(folder, rte('train')), pairs(0, 21, 2));
  expect(await load('rte')).toBe(true);
  expect(store.digest('rte')).not.toBe(digest);
  expect(await store.examples('rte', 'train')).toHaveLength(21);
});

test('where validation is missing a tenth of train plays it, the same for both MNLI tasks, premises kept apart', async () => {
  await writeParquet(join(folder, mnli), nliRows);
  await load('mnli');
  await load('mnli-mm');
  const [train, validation] = [
    await store.examples('mnli', 'train'),
    await store.examples('mnli', 'validation'),
  ];
  expect(train.length + validation.length).toBe(900);
  expect(validation.length).toBeGreaterThan(60);
  expect(validation.length).toBeLessThan(130);
  const premises = new Set(validation.map(({ texts }) => texts[0]));
  expect(train.filter(({ texts }) => premises.has(texts[0]))).toEqual([]);
  expect(validation.every(({ id }) => id.startsWith('mnli/train/'))).toBe(true);
  expect(await store.examples('mnli-mm', 'validation')).toEqual(validation);
  expect(await store.examples('mnli-mm', 'train')).toEqual(train);
  const heldOut = (await store.status()).filter(({ content }) => content?.heldOut === true);
  expect(heldOut.map(({ task, split }) => [task, split])).toEqual([
    ['mnli', 'validation'],
    ['mnli-mm', 'validation'],
  ]);
});

test("the hub's own validation is used as soon as it is there, and train is whole again", async () => {
  await writeParquet(join(folder, mnli), nliRows);
  await load('mnli');
  const digest = store.digest('mnli');
  await writeParquet(join(folder, mnli.replace('train', 'validation_matched')), `${nliRows} limit 5`);
  await load('mnli');
  expect(await store.examples('mnli', 'train')).toHaveLength(900);
  expect((await store.examples('mnli', 'validation')).map(({ id }) => id)).toContain(
    'mnli/validation_matched/0',
  );
  expect(store.digest('mnli')).not.toBe(digest);
});

test('what the store holds is enough where the hub cannot be reached, and nothing else is', async () => {
  await load('rte');
  const kept = { ...process.env };
  Object.assign(process.env, { HF_HOME: join(folder, 'home'), HF_ENDPOINT: 'http://127.0.0.1:9' });
  try {
    expect(await store.ensure('rte', resolveHub())).toBe(false);
    expect(await store.examples('rte', 'train')).toHaveLength(20);
    await expect(store.ensure('sst2', resolveHub())).rejects.toThrow('expected an answer from the server');
  } finally {
    process.env = kept;
  }
});

test('status tells rows, source, hash, origin and time of every split, and which are not there', async () => {
  await load('rte');
  const status = await store.status();
  expect(status).toHaveLength(26);
  expect(
    status.filter(({ content }) => content !== null).map(({ task, split }) => `${task} ${split}`),
  ).toEqual(['rte train', 'rte validation', 'rte adversarial']);
  expect(status.find(({ task }) => task === 'rte')?.content).toEqual({
    rows: 20,
    source: rte('train'),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    origin: 'folder',
    loadedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    heldOut: false,
  });
});

test('a failure in one file leaves the store as it was', async () => {
  await load('rte');
  const [digest, before] = [store.digest('rte'), await store.status()];
  await writeParquet(join(folder, rte('train')), pairs(0, 5, 2));
  await put(dev, '{"sst2": [');
  await expect(load('rte')).rejects.toThrow(`${join(folder, dev)}: expected AdvGLUE's JSON`);
  expect(await store.status()).toEqual(before);
  expect(store.digest('rte')).toBe(digest);
  expect(await store.examples('rte', 'train')).toHaveLength(20);
});

test('a damaged parquet file, missing columns and impossible labels are one clear line each', async () => {
  const place = join(folder, rte('train'));
  await writeParquet(place, `select 'a' as sentence1, 'b' as text, 0 as label`);
  await expect(load('rte')).rejects.toThrow(
    `${place}: expected columns sentence1, sentence2, label, got sentence1, text, label.`,
  );
  await writeParquet(place, pairs(0, 20, 3));
  await expect(load('rte')).rejects.toThrow(
    `${place}: expected texts and a label from 0 to 1 in every row, got label 2 in row 2 (6 such rows).`,
  );
  for (const [row, complaint] of [
    [
      `'a' as sentence1, 'b' as sentence2, 0.6 as label`,
      `${place} label: expected whole numbers, got DECIMAL(2,1)`,
    ],
    [`['a'] as sentence1, 'b' as sentence2, 1 as label`, `${place} sentence1: expected text, got VARCHAR[]`],
    [
      `unnest([5, 5]) as idx, 'a' as sentence1, 'b' as sentence2, 1 as label`,
      `${place}: expected every idx once, got 5 in two rows`,
    ],
    [`null::integer as idx, 'a' as sentence1, 'b' as sentence2, 1 as label`, '(1 such rows)'],
  ] as const) {
    await writeParquet(place, `select ${row}`);
    await expect(load('rte')).rejects.toThrow(complaint);
  }
  await writeParquet(place, pairs(0, 2000, 2));
  await truncate(place, 3000);
  await expect(load('rte')).rejects.toThrow(
    /expected a parquet file, got a damaged one \([^\n]+\)\. Fetch it again\.$/,
  );
  await rm(place);
  await expect(load('rte')).rejects.toThrow(`${rte('train')}: expected the file in ${folder}`);
});

test('a row of AdvGLUE without its fields is named with its place', async () => {
  await put(dev, advGlue([attack({ data_construction: 'letter' })]));
  await expect(load('rte')).rejects.toThrow(
    `${join(folder, dev)} sst2[0]: expected data_construction word, sentence, human, got letter.`,
  );
  await put(dev, advGlue([attack({ label: 5 })]));
  await expect(load('rte')).rejects.toThrow('sst2[0]: expected a label from 0 to 1, got 5.');
  await put(dev, JSON.stringify({ sst2: [] }));
  await expect(load('rte')).rejects.toThrow('expected a list of rows under "qqp", got undefined.');
});

test('an unknown task or a store that is no store is one clear line', async () => {
  expect(() => store.digest('qqp')).toThrow('qqp: expected data in the store, got none. Fetch it first');
  const path = join(folder, 'text.duckdb');
  await writeFile(
    path,
    'no database, but longer than a header would be, so that it is read as one. '.repeat(200),
  );
  await expect(openDataStore(path)).rejects.toThrow(`${path}: expected a data store that can be read, got`);
});
