import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DataStore, loadSet, openDataStore, resolveHub, scoringOf } from '@im-bert/data';
import { zipSync } from 'fflate';
import { temporaryFolder, writeParquet } from './support.ts';

let folder: string;
let store: DataStore;

beforeEach(async () => {
  folder = await temporaryFolder('sets');
  store = await openDataStore(join(folder, 'store.duckdb'));
});

afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** A set of reviews over the columns of a CSV file beside it. */
const reviews = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    title: 'Reviews',
    licence: 'CC0',
    tasks: '[sst2]',
    labels: '[negative, positive]',
    files: '{rows: ./reviews.csv}',
    select: `select id, text as text_a, label from read_csv($rows, all_varchar = true)`,
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const ensure = async (): Promise<boolean> =>
  store.ensureSet(await loadSet('reviews.yaml', folder), resolveHub({ folder }));

test('a set is a file: its query is run over the files beside it, and again when either changes', async () => {
  await put('reviews.yaml', reviews());
  await put('reviews.csv', 'id,text,label\nb,"good, really",positive\na,bad,0\n');
  expect(await ensure()).toBe(true);
  expect(await ensure()).toBe(false);
  const set = await loadSet('reviews.yaml', folder);
  const digest = store.setDigest(set);
  expect(await store.setExamples(set)).toEqual([
    { id: 'a', texts: ['bad'], label: 0, part: null, pair: null, group: null },
    { id: 'b', texts: ['good, really'], label: 1, part: null, pair: null, group: null },
  ]);
  await put('reviews.csv', 'id,text,label\na,worse,0\n');
  expect(await ensure()).toBe(true);
  expect(store.setDigest(set)).not.toBe(digest);
  await put('reviews.yaml', reviews({ labels: '[positive, negative]' }));
  expect(store.setDigest(await loadSet('reviews.yaml', folder))).toBeUndefined();
  expect(await ensure()).toBe(true);
});

test('pairs, groups, parts and the texts before a change are kept; a set need not have labels', async () => {
  const select = `select row_number() over () as id, text as text_a, before as before_a, 'typo' as part, 1 as pair, 2 as group from read_json($rows)`;
  await put('reviews.yaml', reviews({ select, files: '{rows: ./rows.jsonl}' }).replace(/labels.*\n/, ''));
  await put('rows.jsonl', '{"text": "godo", "before": "good"}\n');
  await ensure();
  expect(await store.setExamples({ name: 'reviews' })).toEqual([
    { id: '1', texts: ['godo'], label: null, part: 'typo', pair: '1', group: '2', original: ['good'] },
  ]);
});

test('files in a zip archive and in another encoding are read', async () => {
  const content = Uint8Array.from([
    ...Buffer.from('id,text,label\n1,caf'),
    0xe9,
    0x94,
    ...Buffer.from(',1\n'),
  ]);
  await put('reviews.zip', zipSync({ 'data/reviews.csv': content }));
  const changes = { files: '{rows: ./reviews.zip!data/reviews.csv}', encoding: 'windows-1252' };
  await put('reviews.yaml', reviews(changes));
  await ensure();
  expect((await store.setExamples({ name: 'reviews' })).map(({ texts }) => texts)).toEqual([['café”']]);
  await put('reviews.yaml', reviews({ ...changes, files: '{rows: ./reviews.zip!other.csv}' }));
  await expect(ensure()).rejects.toThrow('expected other.csv in the archive, got data/reviews.csv.');
});

test('rows that are no use are counted and shown; over 2 % are an error', async () => {
  const good = Array.from({ length: 98 }, (_, row) => `${String(row)},good,1\n`).join('');
  await put('reviews.yaml', reviews());
  await put('reviews.csv', `id,text,label\n${good}0,twice,1\n98, ,1\n`);
  await ensure();
  const [status] = await store.setStatus();
  expect(status).toMatchObject({
    rows: 98,
    bad: 2,
    badRows: [
      { id: '0', fault: 'an id that another row has' },
      { id: '98', fault: 'no text' },
    ],
    files: [{ origin: 'own' }],
  });
  await put('reviews.csv', `id,text,label\n${good}99,stars,5\n0,a,1\n1,b,1\n`);
  await expect(ensure()).rejects.toThrow('3 of 101 others (99: label "5"; 0: an id that another row has;');
  expect((await store.setStatus())[0]?.rows).toBe(98);
});

test("a set's query reads its own files and nothing else", async () => {
  await put('reviews.csv', 'id,text,label\n1,good,1\n');
  await put('secret.csv', 'id,text,label\n1,secret,1\n');
  for (const select of [
    `select id, text as text_a, label from read_csv('${join(folder, 'secret.csv')}'), read_csv($rows) r`,
    `select 1 as id) ; drop table x; select (1`,
    `select id, text as text_a from read_csv($rows)`,
    `select id, text as text_a, label, 1 as more from read_csv($rows)`,
  ]) {
    await put('reviews.yaml', reviews({ select }));
    await expect(ensure()).rejects.toThrow(/reviews\.yaml select: expected/);
  }
});

test('examples that occur in the training data of a task are counted, whichever came first', async () => {
  const glue = (split: string): string => `datasets/nyu-mll/glue/sst2/${split}-00000-of-00001.parquet`;
  const parquet = (text: string): string => `select '${text}' as sentence, 1 as label, 7 as idx`;
  const examples = async (): Promise<unknown> => (await store.setStatus())[0]?.contamination;
  const names = ['sst2', 'qqp', 'mnli', 'mnli-mm', 'qnli', 'rte'];
  await put(
    'adversarialglue.github.io/dataset/dev_ann.json',
    JSON.stringify(Object.fromEntries(names.map((name) => [name, []]))),
  );
  await put('reviews.yaml', reviews());
  await put('reviews.csv', 'id,text,label\n1,"A good film!",1\n2,another,1\n');
  await ensure();
  expect(await examples()).toEqual([]);
  await writeParquet(join(folder, glue('train')), parquet('a good  film'));
  await writeParquet(join(folder, glue('validation')), parquet('another'));
  await store.ensure('sst2', resolveHub({ folder }));
  expect(await examples()).toEqual([{ set: 'reviews', task: 'sst2', examples: 1 }]);
  await put('reviews.csv', 'id,text,label\n2,another,1\n');
  await ensure();
  expect(await examples()).toEqual([{ set: 'reviews', task: 'sst2', examples: 0 }]);
});

test('classes are compared as they are where they are the same, and joined where they differ', () => {
  const merge = { neutral: 'not_entailment', contradiction: 'not_entailment' };
  const three = { labels: ['contradiction', 'neutral', 'entailment'], merge };
  const two = { labels: ['entailment', 'not_entailment'], merge };
  expect(scoringOf(three, 'mnli')).toEqual({
    classes: ['entailment', 'neutral', 'contradiction'],
    ofModel: [0, 1, 2],
    ofSet: [2, 1, 0],
  });
  const joined = { classes: ['entailment', 'not_entailment'] };
  expect(scoringOf(three, 'rte')).toEqual({ ...joined, ofModel: [0, 1], ofSet: [1, 1, 0] });
  expect(scoringOf(two, 'mnli')).toEqual({ ...joined, ofModel: [0, 1, 1], ofSet: [0, 1] });
});

test('a mistake in the file of a set is one line with its place', async () => {
  const load = async (changes: Readonly<Record<string, string>>): Promise<unknown> => {
    await put('reviews.yaml', reviews(changes));
    return loadSet('reviews.yaml', folder);
  };
  await expect(load({ tasks: '[sst3]' })).rejects.toThrow(/reviews\.yaml:3:\d+ tasks\[0\]: expected/);
  await expect(load({ labels: '[bad, good]' })).rejects.toThrow(
    'expected classes that sst2 has (negative, positive), after joining, got bad, good.',
  );
  await expect(load({ encoding: 'ebcdic' })).rejects.toThrow('expected the name of an encoding');
  await expect(loadSet('cad-imdbb')).rejects.toThrow('did you mean "cad-imdb"?');
});
