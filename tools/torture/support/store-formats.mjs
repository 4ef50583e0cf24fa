// The DuckDB files that we write, and the log of what was stored since the last checkpoint, as formats to damage.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDataStore, readDataStore, resolveHub } from '@im-bert/data';
import { RunStore } from '@im-bert/experiments';
import { measurements } from '../../../packages/experiments/dist/measurements/measurements.js';

const digestOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

const { predictions, spectra } = measurements;
const subjects = ['a', 'b', 'c'].map((model) => ({ model, subject: `${model}-e` }));

async function storeModel(store, { model, subject }, seed) {
  const of = { subject, model, seconds: 1, flops: 1, machine: 'm' };
  await store.startTraining({
    ...{ model, spec: '{}', digest: 'd', training_version: 1, seed },
    ...{ flops: 1e9, versions: '{}', commit_id: null, machine: 'm' },
  });
  const steps = Array.from({ length: 200 }, (_, step) => ({
    ...{ step, epoch: 0, loss: 1 / (step + seed), learningRate: 1e-3, gradientNorm: 0.3, skipped: false },
  }));
  const validations = [{ epoch: 0, step: 200, loss: 0.6, accuracy: 0.5 + seed / 10 }];
  await store.finishTraining(model, { steps, validations, facts: { parameters: 5 } }, 2);
  const rows = Array.from({ length: 400 }, (_, row) => ({
    ...{ split: 'clean', example: `example/${row}`, label: row % 2, predicted: (row * seed) % 2 },
    ...{ logits: [Math.sin(row), Math.cos(row * seed)], level: null, method: null },
  }));
  await store.keep(predictions, of, rows);
  await store.keep(spectra, of, [{ layer: 1, radius: seed / 3, examples: 16 }]);
}

/** Makes a store that holds one model, and two more in the log if it is to have one. */
async function makeRunStore(path, hasLog) {
  let store = await RunStore.open(path);
  await storeModel(store, subjects[0], 1);
  store.close();
  store = await RunStore.open(path);
  await storeModel(store, subjects[1], 2);
  await storeModel(store, subjects[2], 3);
  if (!hasLog) store.close();
  return { close: () => hasLog && store.close() };
}

/** Everything that a report reads, an entry for each of what is stored as one; a model in training is none yet. */
async function entriesOf(store) {
  const entries = [];
  const models = await store.models();
  for (const { model, status, steps, facts, digest } of models)
    if (status === 'done') entries.push(digestOf({ model, steps, facts, digest }));
  const measured = await store.measured();
  for (const { subject, measurement, status } of measured) {
    const rows = await store.rows(measurements[measurement], [subject]);
    entries.push(digestOf([measurement, subject, status, rows.get(subject)]));
  }
  return entries;
}

/** As `report` reads it, and as `run` opens it: both must see the same. */
async function readRunStore(folder) {
  const path = join(folder, 'runs.duckdb');
  const seen = [];
  for (const open of [RunStore.read, RunStore.open]) {
    const store = await open(path);
    if (store === undefined) throw new Error('no store');
    try {
      seen.push(await entriesOf(store));
    } finally {
      store.close();
    }
  }
  return seen;
}

/** A format whose files are made once, elsewhere, and copied for each mutant: loaders heal what they read. */
function copied(file, makeIn, read) {
  return {
    ...{ kind: 'pages', file, isOurs: true, read },
    make: async (folder) => {
      const whole = join(dirname(folder), `whole ${file}`);
      if ((await mkdir(whole, { recursive: true })) !== undefined) await makeIn(whole);
      const names = (await readdir(whole)).filter((name) => name.includes('.duckdb'));
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
      for (const name of names) await copyFile(join(whole, name), join(folder, name));
    },
  };
}

const copyBeside = async (path, close) => {
  for (const end of ['', '.wal']) await copyFile(`${path}.made${end}`, `${path}${end}`);
  close();
  for (const end of ['', '.wal']) await rm(`${path}.made${end}`, { force: true });
};

/** What was stored last can be lost with the log that held it, and is done again; what is left must be as it was. */
function isEarlier(right, got) {
  return got.every((entries, way) => entries.every((entry) => right[way].includes(entry)));
}

async function readData(folder) {
  const store = await readDataStore(join(folder, 'data.duckdb'));
  if (store === undefined) throw new Error('no store');
  try {
    const examples = [];
    for (const split of ['train', 'validation']) examples.push(digestOf(await store.examples('imdb', split)));
    return [store.digest('imdb'), examples, digestOf(await store.status())];
  } finally {
    store.close();
  }
}

/** @param makeHub writes a hub with IMDB into a folder */
export const storeFormats = (makeHub) => ({
  'run store': copied(
    'runs.duckdb',
    (folder) => makeRunStore(join(folder, 'runs.duckdb'), false),
    readRunStore,
  ),
  'log of a run store': {
    ...copied(
      'runs.duckdb.wal',
      async (folder) => {
        const path = join(folder, 'runs.duckdb');
        const { close } = await makeRunStore(`${path}.made`, true);
        await copyBeside(path, close);
      },
      readRunStore,
    ),
    isEarlier,
  },
  'data store': copied(
    'data.duckdb',
    async (folder) => {
      await makeHub(folder);
      const store = await openDataStore(join(folder, 'data.duckdb'));
      await store.ensure('imdb', resolveHub({ folder: join(folder, 'hub') }));
      store.close();
    },
    readData,
  ),
});
