// How the sentence encoder that stands in for USE sees (a) one word replaced by a synonym (counter-fitted vectors, cosine
// >= 0.7), (b) one word replaced by a random one of the same vectors, (c) two unrelated texts: percentiles of the cosine,
// the share that TextFooler's bounds accept, and the bound that best separates (a) from (b).
//
//   node tools/calibration/similarity.mjs HUB [TEXTS]      HUB is in the hub's layout; build first (npm run build)
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attackSchema, loadWordVectors, meanPoolingEncoder } from '@im-bert/attacks';
import { randomStream } from '@im-bert/core';
import { loadTokenizer, openDataStore, resolveHub } from '@im-bert/data';
import { createEngine } from '@im-bert/jit/node';
import { monotoneConnection, loadModel } from '@im-bert/models';

const [folder, count = '200'] = process.argv.slice(2);
if (folder === undefined) {
  console.error("similarity.mjs: expected a folder in the hub's layout, got none.");
  process.exit(1);
}
const window = 15; // TextFooler's
const random = randomStream(1, 'similarity');

/** The first words of shuffled examples of a split. */
async function textsOf(store, hub, task, split, words) {
  await store.ensure(task, hub);
  const examples = random.shuffle(await store.examples(task, split)).slice(0, Number(count));
  return examples.map(({ texts: [text] }) =>
    (text.toLowerCase().match(/[\p{L}\p{N}'-]+|[^\s\p{L}\p{N}]/gu) ?? []).slice(0, words),
  );
}

/** A text with one word replaced by a synonym and by a random word, and an unrelated text; null if no word has synonyms. */
function cases(words, index, texts, vectors) {
  const places = words.flatMap((word, at) => {
    const near = word.length > 2 ? vectors.nearest(word, 50, 0.7) : [];
    return near.length === 0 ? [] : [{ at, synonym: near[random.integer(near.length)].word }];
  });
  if (places.length === 0) return null;
  const { at, synonym } = places[random.integer(places.length)];
  const other = vectors.words[random.integer(vectors.words.length)];
  return [
    words,
    words.with(at, synonym),
    words.with(at, other),
    texts[(index + 1 + random.integer(texts.length - 1)) % texts.length],
  ].map((each) => each.join(' '));
}

function dot(a, b) {
  return a.reduce((sum, x, column) => sum + x * b[column], 0); // the encoder's are of unit length
}

/** Cosines of the three kinds: [synonym, random word, unrelated], a row each. */
async function cosines(encode, texts, vectors) {
  const columns = [[], [], []];
  const found = texts
    .map((words, index) => cases(words, index, texts, vectors))
    .filter((four) => four !== null);
  const embeddings = await encode(found.flat());
  for (let first = 0; first < embeddings.length; first += 4)
    columns.forEach((column, kind) => {
      column.push(dot(embeddings[first], embeddings[first + kind + 1]));
    });
  return columns;
}

function accepted(values, bound) {
  return values.filter((value) => value >= bound).length / values.length;
}

/** The bound with the largest share of (a) accepted less the share of (b) accepted (Youden's J). */
function bestBound([synonyms, others]) {
  const gain = (bound) => accepted(synonyms, bound) - accepted(others, bound);
  const bound = [...synonyms, ...others].reduce((best, value) => (gain(value) > gain(best) ? value : best));
  return { bound, gain: gain(bound) };
}

function percentile(sorted, share) {
  return sorted[Math.round(share * (sorted.length - 1))].toFixed(3);
}

const temporary = await mkdtemp(join(tmpdir(), 'im-bert-similarity-'));
const hub = await resolveHub({ folder });
const store = await openDataStore(join(temporary, 'data.duckdb'));
const sources = {
  'SST-2 sentences': await textsOf(store, hub, 'sst2', 'validation', Infinity),
  'IMDB, first 15 words': await textsOf(store, hub, 'imdb', 'validation', window),
};
store.close();
await rm(temporary, { recursive: true });

const vectors = await loadWordVectors(join(folder, 'vectors', 'counter-fitted-glove-100d.txt.gz'));
const files = await hub.model('sentence-transformers/all-MiniLM-L6-v2');
const engine = await createEngine('onnx', { threads: 1 });
const model = await loadModel(files, { labels: 2, connection: monotoneConnection, seed: 0 });
const tokenizer = await loadTokenizer(files);
const encoder = meanPoolingEncoder({ engine, model, tokenizer, maxLength: 256 });
const defaults = attackSchema.parse({ name: 'textfooler' });
const bounds = [defaults.minimumSentenceCosine, defaults.shortMinimumSentenceCosine];
const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95];

const row = (cells) => {
  console.log(`| ${cells.join(' | ')} |`);
};
row([
  ...['texts', 'replaced', 'n'],
  ...shares.map((share) => `p${String(Math.round(100 * share))}`),
  ...bounds.map((bound) => `>= ${bound.toFixed(3)}`),
  '>= best bound',
]);
row(['---', '---', ...Array.from({ length: 1 + shares.length + bounds.length + 1 }, () => '---:')]);
for (const [source, texts] of Object.entries(sources)) {
  const columns = await cosines(encoder.encode, texts, vectors);
  const { bound } = bestBound(columns);
  ['one word, by a synonym', 'one word, by a random word', 'the whole text'].forEach((kind, index) => {
    const sorted = columns[index].toSorted((a, b) => a - b);
    row([
      ...[source, kind, String(sorted.length)],
      ...shares.map((share) => percentile(sorted, share)),
      ...bounds.map((each) => `${(100 * accepted(sorted, each)).toFixed(0)} %`),
      `${(100 * accepted(sorted, bound)).toFixed(0)} % (${bound.toFixed(3)})`,
    ]);
  });
}
await encoder.dispose();
await engine.dispose();
