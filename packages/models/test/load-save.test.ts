import { floatTensor, UserError } from '@im-bert/core';
import {
  connectionSchema,
  loadModel,
  monotoneConnection,
  randomModel,
  saveModel,
  writeSafetensors,
} from '@im-bert/models';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture, readAll } from './support/fixtures.ts';
import { tinyConfig } from './support/tiny.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-bert-load-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.each(['bert', 'roberta'] as const)(
  'a %s model comes back as it was saved, its connection included',
  async (family) => {
    const connection = connectionSchema.parse({
      kind: 'implicit',
      layers: '2',
      elsewhere: 'explicit',
      eulerStep: 0.5,
      solver: { name: 'anderson', iterations: 7, memory: 3 },
      gradient: { name: 'implicit' },
    });
    const model = randomModel({ config: { ...tinyConfig, family }, connection, labels: 3 }, 11);
    await saveModel(folder, model);
    expect(await loadModel(folder, { seed: 99 })).toEqual({ ...model, initialised: [], ignored: [] });
  },
);

test('saved names and configuration are those of transformers', async () => {
  const model = await loadModel(fixture('roberta'), { seed: 1 });
  await saveModel(folder, model);
  const [ours, theirs] = [
    await readAll(join(folder, 'model.safetensors')),
    await readAll(join(fixture('roberta'), 'model.safetensors')),
  ];
  expect(ours).toEqual(theirs);
  const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  expect(config).toMatchObject({
    architectures: ['RobertaForSequenceClassification'],
    model_type: 'roberta',
    id2label: { 2: 'LABEL_2' },
  });
});

test('fresh parameters depend on the seed and on their name, not on what else is drawn', () => {
  const structure = { config: tinyConfig, connection: monotoneConnection, labels: 2 };
  const [one, again, other] = [
    randomModel(structure, 1),
    randomModel(structure, 1),
    randomModel(structure, 2),
  ];
  expect(one).toEqual(again);
  const name = 'classifier.weight';
  expect(one.parameters[name]).not.toEqual(other.parameters[name]);
  const wider = randomModel({ ...structure, config: { ...tinyConfig, layers: 1 } }, 1);
  expect(wider.parameters[name]).toEqual(one.parameters[name]);
});

test('fresh weights have the spread that the configuration says, and the padding token is zero', () => {
  const config = { ...tinyConfig, width: 64, feedForwardWidth: 256, initializerRange: 0.02 };
  const { parameters } = randomModel({ config, connection: monotoneConnection, labels: 2 }, 1);
  const data = [...(parameters['encoder.layer.0.intermediate.dense.weight']?.data ?? [])];
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length);
  expect(deviation).toBeCloseTo(0.02, 3);
  expect(parameters['embeddings.word_embeddings.weight']?.data.subarray(0, 64)).toEqual(new Float32Array(64));
  expect(parameters['encoder.layer.0.output.LayerNorm.weight']?.data.every((gain) => gain === 1)).toBe(true);
});

test('a missing head is drawn from the seed, the same each time, and reported', async () => {
  await cp(fixture('roberta'), folder, { recursive: true });
  const tensors = Object.entries(await readAll(join(folder, 'model.safetensors')));
  const encoder = tensors.filter(([name]) => !name.startsWith('classifier'));
  const languageHead = ['lm_head.bias', floatTensor(new Float32Array(24), [24])] as const;
  await writeSafetensors(join(folder, 'model.safetensors'), Object.fromEntries([...encoder, languageHead]));
  const [one, again, other] = [
    await loadModel(folder, { seed: 1, labels: 2 }),
    await loadModel(folder, { seed: 1, labels: 2 }),
    await loadModel(folder, { seed: 2, labels: 2 }),
  ];
  expect(one.initialised).toHaveLength(4);
  expect(one.ignored).toEqual(['lm_head.bias']);
  expect(one.parameters).toEqual(again.parameters);
  expect(one.parameters['classifier.dense.weight']).not.toEqual(other.parameters['classifier.dense.weight']);
  await expect(loadModel(folder, { seed: 1 })).rejects.toThrow(/Say how many labels/);
});

/** The one line that a loader says of a folder after a change to its files. */
async function complaint(change: () => Promise<unknown>, labels?: number): Promise<string> {
  await cp(fixture('bert'), folder, { recursive: true });
  await change();
  const failure: unknown = await loadModel(folder, {
    seed: 1,
    ...(labels === undefined ? {} : { labels }),
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  const message = failure instanceof UserError ? failure.message : '';
  expect(message).not.toContain('\n');
  return message;
}

async function editConfig(edit: (config: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  const path = join(folder, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify(edit(config), null, 2));
}

test('a checkpoint of another width is refused by name and shape', async () => {
  expect(await complaint(() => editConfig((config) => ({ ...config, hidden_size: 16 })))).toMatch(
    /bert\.embeddings\.word_embeddings\.weight: expected shape \[24, 16\].*got \[24, 8\]/,
  );
});

test('a classifier of another number of labels is refused', async () => {
  expect(await complaint(() => Promise.resolve(), 2)).toMatch(
    /classifier\.weight: expected shape \[2, 8\].*got \[3, 8\]/,
  );
});

test('a deeper configuration than the file says which parameters are missing', async () => {
  expect(await complaint(() => editConfig((config) => ({ ...config, num_hidden_layers: 3 })))).toMatch(
    /every parameter of a bert encoder of 3 layers, got a file without encoder\.layer\.2\..* and 13 more/,
  );
});

test.each([
  ['model_type', 'gpt2', /config\.json:\d+:\d+ model_type: expected bert, .*roberta.*im-mpnet, got "gpt2"/],
  ['hidden_act', 'relu', /config\.json:\d+:\d+ hidden_act: expected "?gelu"?, got "relu"/],
  ['hidden_size', 9, /hidden_size: expected a multiple of num_attention_heads/],
  ['num_hidden_layers', 'two', /config\.json:\d+:\d+ num_hidden_layers: expected a/],
  [
    'im_bert',
    { connection: { kind: 'implict' } },
    /im_bert.*|kind: expected .*implicit.*did you mean "implicit"/,
  ],
])('config.json with %s = %j is one clear line', async (key, value, pattern) => {
  expect(await complaint(() => editConfig((config) => ({ ...config, [key]: value })))).toMatch(pattern);
});

test('a folder without config.json, or without weights, says what a model is', async () => {
  expect(await complaint(() => rm(join(folder, 'config.json')))).toMatch(
    /config\.json: expected a readable file, got none.*model\.safetensors/,
  );
  expect(await complaint(() => rm(join(folder, 'model.safetensors')))).toMatch(/model\.safetensors/);
});

test('a connection on layers that the encoder lacks is refused before any weight is read', async () => {
  const connection = connectionSchema.parse({ kind: 'implicit', layers: '4-6' });
  await expect(loadModel(fixture('bert'), { seed: 1, connection })).rejects.toThrow(
    'connection.layers: expected layers from 1 to 2, got 4-6, which names layer 4',
  );
});

/** The file's bytes with a text in the place of another of the same length. */
async function overwrite(name: string, from: string, to: string | Buffer): Promise<void> {
  const path = join(folder, name);
  const bytes = await readFile(path);
  const place = bytes.indexOf(from);
  expect(place).toBeGreaterThan(0);
  Buffer.from(to).copy(bytes, place);
  await writeFile(path, bytes);
}

test('weights that are no numbers, or huge, are refused with their name', async () => {
  for (const value of [NaN, Infinity, 1e30]) {
    const change = async (): Promise<void> => {
      const path = join(folder, 'model.safetensors');
      const bytes = await readFile(path);
      bytes.writeFloatLE(value, bytes.length - 4);
      await writeFile(path, bytes);
    };
    expect(await complaint(change)).toMatch(
      /classifier.weight: expected finite weights of at most 10000, got \S+ at place/,
    );
  }
});

test('a classifier whose head lost a name is refused, not drawn anew', async () => {
  const change = (): Promise<void> =>
    overwrite('model.safetensors', 'pooler.dense.weight', 'poolez.dense.weight');
  expect(await complaint(change, 3)).toContain('a file without pooler.dense.weight.');
  expect(await complaint(change)).toContain('a file without pooler.dense.weight.');
});

test('a saved model whose weights or config.json changed later is refused', async () => {
  const save = async (): Promise<void> => {
    await rm(join(folder, 'model.safetensors'));
    await saveModel(
      folder,
      randomModel({ config: tinyConfig, connection: monotoneConnection, labels: 3 }, 11),
    );
  };
  const changes = [
    () => overwrite('model.safetensors', 'encoder.layer.1', 'encoder.layer.0'),
    () => editConfig((config) => ({ ...config, num_attention_heads: 1 })),
    () => editConfig((config) => ({ ...config, im_bert: undefined })),
    () => writeFile(join(folder, 'model.safetensors'), ''),
  ];
  for (const change of changes)
    expect(await complaint(() => save().then(change))).toMatch(/model\.safetensors/);
});

test.each([
  [{ kind: 'monotone' }, 'bert', 'BertForSequenceClassification'],
  [{ kind: 'implicit', layers: '2' }, 'im-bert', 'ImBertForSequenceClassification'],
  [{ kind: 'explicit' }, 'ex-bert', 'ExBertForSequenceClassification'],
  [{ kind: 'explicit', layers: '1' }, 'ex-bert', 'ExBertForSequenceClassification'],
])(
  'a model whose connection is %j says that it is a %s, which transformers takes for plain BERT or refuses',
  async (connection, type, architecture) => {
    const spec = connectionSchema.parse(connection);
    await saveModel(folder, randomModel({ config: tinyConfig, connection: spec, labels: 2 }, 1));
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ model_type: type, architectures: [architecture] });
    expect(await loadModel(folder, { seed: 1 })).toMatchObject({ config: tinyConfig, connection: spec });
  },
);

test("a kept model has its tokenizer's files, byte for byte, and the names of its classes", async () => {
  const source = join(folder, 'source');
  const own = join(folder, 'own');
  const connection = monotoneConnection;
  const model = randomModel({ config: tinyConfig, connection, labels: 2 }, 1);
  const files = { 'tokenizer.json': '{"é": 1}', 'vocab.txt': '[PAD]\r\nno', 'README.md': 'not a tokenizer' };
  await mkdir(source);
  for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text);
  await saveModel(own, model, { classNames: ['negative', 'positive'], tokenizerFrom: source });
  expect((await readdir(own)).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'vocab.txt',
  ]);
  for (const name of ['tokenizer.json', 'vocab.txt'] as const)
    expect(await readFile(join(own, name), 'utf8')).toBe(files[name]);
  expect(JSON.parse(await readFile(join(own, 'config.json'), 'utf8'))).toMatchObject({
    id2label: { 0: 'negative', 1: 'positive' },
    label2id: { negative: 0, positive: 1 },
    problem_type: 'single_label_classification',
  });
  await expect(saveModel(own, model, { classNames: ['one'] })).rejects.toThrow('expected 2 names of classes');
});
