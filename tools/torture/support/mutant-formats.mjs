// What the command line reads, each through its own loader: where the file lies, how it is made, and what was read.
import { createHash } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { attackSchema, createAttack, loadWordVectors, runAttacks, textVictim } from '@im-bert/attacks';
import { floatTensor, intTensor } from '@im-bert/core';
import { loadTokenizer, openDataStore, resolveHub } from '@im-bert/data';
import { loadExperiment } from '@im-bert/experiments';
import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, createExecutor, loadModel, randomModel, saveModel } from '@im-bert/models';
import { train, trainingSchema } from '@im-bert/training';
import { randomOf } from './mutate.mjs';
import { storeFormats } from './store-formats.mjs';

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));

function digestOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts)
    hash.update(
      ArrayBuffer.isView(part)
        ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
        : JSON.stringify(part),
    );
  return hash.digest('hex');
}

const digestOfModel = ({ parameters, ...structure }) =>
  digestOf(
    structure,
    ...Object.entries(parameters).flatMap(([name, { shape, data }]) => [name, shape, data]),
  );

const tiny = {
  ...{
    family: 'bert',
    vocabularySize: 24,
    width: 8,
    layers: 2,
    heads: 2,
    feedForwardWidth: 12,
    positions: 20,
    tokenTypes: 2,
  },
  ...{
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.1,
    initializerRange: 0.3,
    padId: 0,
  },
};
const tinyModel = randomModel(
  { config: tiny, connection: connectionSchema.parse({ kind: 'implicit', layers: '2' }), labels: 2 },
  1,
);

function batch() {
  const [rows, length] = [2, 4];
  return {
    ids: intTensor(
      Int32Array.from({ length: rows * length }, (_, at) => at + 1),
      [rows, length],
    ),
    typeIds: intTensor(new Int32Array(rows * length), [rows, length]),
    mask: floatTensor(new Float32Array(rows * length).fill(1), [rows, length]),
    labels: intTensor(Int32Array.of(0, 1), [rows]),
    weights: floatTensor(Float32Array.of(1, 1), [rows]),
    indices: [0, 1],
  };
}

let executor;
/** Goes on with the run in the folder, whose every step is done: what comes is what its files say. */
async function trainIn(folder) {
  executor ??= createExecutor(await createEngine('onnx', { threads: 1 }), tinyModel);
  const { model, steps, validations, best } = await train({
    ...{ executor, model: tinyModel, seed: 1, folder, checkpointEvery: 1 },
    ...{ trainBatches: () => [batch()], validationBatches: [batch()] },
    spec: trainingSchema.parse({ epochs: 2, batchSize: 2 }),
  });
  return digestOf(digestOfModel(model), steps, validations, best);
}

const words = ['good', 'great', 'bad', 'dull', 'film', 'plot'];
function attackIn(file) {
  return runAttacks({
    victim: textVictim((texts) =>
      Promise.resolve(texts.map((text) => (text.includes('good') ? [0.2, 0.8] : [0.9, 0.1]))),
    ),
    examples: words.map((word, row) => ({
      id: `example/${row}`,
      texts: [`the ${word} film`],
      label: row % 2,
    })),
    attack: createAttack(attackSchema.parse({ name: 'deepwordbug' })),
    ...{ seed: 1, file },
  }).then(({ records }) => digestOf(records));
}

function vectorLines() {
  const random = randomOf(1);
  const row = () => Array.from({ length: 10 }, () => (2 * random() - 1).toPrecision(4)).join(' ');
  return Array.from({ length: 200 }, (_, id) => `word${id} ${row()}\n`).join('');
}

async function readVectors(path) {
  const vectors = await loadWordVectors(path);
  return digestOf(
    vectors.words,
    vectors.words.map((word) => vectors.nearest(word, 5, -1)),
  );
}

const splitPath = (split) => `datasets/stanfordnlp/imdb/plain_text/${split}-00000-of-00001.parquet`;

async function makeParquet(folder) {
  const connection = await (await DuckDBInstance.create()).connect();
  for (const [split, rows] of [
    ['train', 500],
    ['test', 50],
  ]) {
    const place = join(folder, 'hub', splitPath(split));
    await mkdir(dirname(place), { recursive: true });
    await connection.run(
      `copy (select 'a film of the year ' || (1900 + range % 120) || ', seen by ' || range as text, range % 2 as label from range(${rows}))
       to '${place}' (format parquet)`,
    );
  }
}

async function readParquet(folder) {
  const store = await openDataStore(join(folder, `store-${process.pid}.duckdb`));
  try {
    await store.ensure('imdb', resolveHub({ folder: join(folder, 'hub') }));
    return store.digest('imdb');
  } finally {
    store.close();
    await rm(join(folder, `store-${process.pid}.duckdb`), { force: true });
  }
}

const texts = ['A film, the best of 1999.', 'ünicode 中文 wörds', 'xxxx the the', ''];

function tokenizerFormat(name) {
  return {
    kind: 'json',
    file: 'tokenizer.json',
    make: (folder) => cp(join(packages, 'data/test/fixtures', name), folder, { recursive: true }),
    read: async (folder) => {
      const tokenizer = await loadTokenizer(folder);
      return digestOf(
        tokenizer.padId,
        tokenizer.vocabularySize,
        texts.map((text) => tokenizer.encode([text, text], 60)),
      );
    },
  };
}

const foreign = (file, kind) => ({
  ...{ kind, file },
  make: (folder) => cp(join(packages, 'models/test/fixtures/bert'), folder, { recursive: true }),
  read: async (folder) => digestOfModel(await loadModel(folder, { seed: 1 })),
});
const kept = (file, kind) => ({
  ...{ kind, file, isOurs: true },
  make: (folder) => saveModel(folder, tinyModel),
  read: async (folder) => digestOfModel(await loadModel(folder, { seed: 1 })),
});

/**
 * By name: `make` writes the whole files into a folder, `read` gives a digest of what the loader reads there, `file` is the
 * one to damage. Of our own (`isOurs`) no damage may change what is read; `isEarlier` says whether it is what was there before
 * the last of it was written.
 */
export const formats = {
  ...storeFormats(makeParquet),
  checkpoint: {
    kind: 'safetensors',
    file: 'checkpoint.safetensors',
    isOurs: true,
    make: trainIn,
    read: trainIn,
  },
  'best weights': {
    kind: 'safetensors',
    file: 'best-2.safetensors',
    isOurs: true,
    make: trainIn,
    read: trainIn,
  },
  'kept model': kept('model.safetensors', 'safetensors'),
  'config.json of a kept model': kept('config.json', 'json'),
  'attack lines': {
    kind: 'json',
    file: 'a.jsonl',
    isOurs: true,
    make: (folder) => attackIn(join(folder, 'a.jsonl')),
    read: (folder) => attackIn(join(folder, 'a.jsonl')),
  },
  safetensors: foreign('model.safetensors', 'safetensors'),
  'config.json': foreign('config.json', 'json'),
  'tokenizer of words': tokenizerFormat('wordpiece'),
  'tokenizer of bytes': tokenizerFormat('byte-level'),
  vectors: {
    kind: 'text',
    file: 'v.txt',
    make: (folder) => writeFile(join(folder, 'v.txt'), vectorLines()),
    read: (folder) => readVectors(join(folder, 'v.txt')),
  },
  'packed vectors': {
    kind: 'bytes',
    file: 'v.txt.gz',
    make: (folder) => writeFile(join(folder, 'v.txt.gz'), gzipSync(vectorLines())),
    read: (folder) => readVectors(join(folder, 'v.txt.gz')),
  },
  parquet: { kind: 'bytes', file: join('hub', splitPath('train')), make: makeParquet, read: readParquet },
  yaml: {
    kind: 'text',
    file: 'solvers.yaml',
    make: (folder) => cp(join(packages, 'experiments/tables'), folder, { recursive: true }),
    read: async (folder) =>
      digestOf((await loadExperiment(join(folder, 'solvers.yaml'), 'quick')).experiment),
  },
};
