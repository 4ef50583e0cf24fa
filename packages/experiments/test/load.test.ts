import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedExperiment, loadExperiment, type Override, tableNames } from '@im-bert/experiments';
import { resolveRows } from '../src/plan/resolve-rows.ts';
import { tinyTable, withFiles } from './support/files.ts';

async function load(
  files: Readonly<Record<string, string>>,
  profile = 'quick',
  overrides: readonly Override[] = [],
): Promise<LoadedExperiment> {
  return withFiles(files, async (folder) => loadExperiment(join(folder, 'table.yaml'), profile, overrides));
}

/** The message of the error, without the folder. */
async function mistake(files: Readonly<Record<string, string>>, profile = 'quick'): Promise<string> {
  return load(files, profile)
    .then(resolveRows)
    .then(
      () => 'no mistake',
      (error: unknown) => (error as Error).message.replaceAll(/\S*\/(?=\w+\.yaml)/g, ''),
    );
}

test('a profile is laid over the whole, and defaults fill the rest', async () => {
  const { experiment } = await load({ 'table.yaml': tinyTable });
  expect(experiment.data).toEqual({ source: 'embedded', train: 100, clean: 20 });
  expect(experiment.training).toMatchObject({ batchSize: 16, epochs: 1, optimizer: { learningRate: 1e-3 } });
});

test('a file laid over another changes only what it says', async () => {
  const { experiment } = await load({
    'base.yaml': tinyTable,
    'table.yaml': 'extends: base.yaml\ntitle: Other\nrows: { BERT: { connection: { kind: explicit } } }',
  });
  expect(experiment.title).toBe('Other');
  expect(experiment.rows['BERT']).toMatchObject({ encoder: 'bert', connection: { kind: 'explicit' } });
  expect(experiment.rows['IM-BERT']?.connection.kind).toBe('implicit');
});

test('the nearer file wins, whether it speaks at its top or in a profile', async () => {
  const files = {
    'base.yaml': tinyTable,
    'table.yaml': `extends: base.yaml
seeds: [7, 8]
training: { epochs: 9 }
data: { train: 50 }
encoders: { bert: { layers: 3 } }
profiles: { quick: { data: { clean: 5 } } }`,
  };
  const { experiment } = await load(files);
  expect(experiment).toMatchObject({
    seeds: [7, 8],
    training: { epochs: 9, maxLength: 32 },
    data: { source: 'embedded', train: 50, clean: 5 },
    encoders: { bert: { from: 'scratch', layers: 3, width: 16 } },
  });
});

test("a file's notes are added to those that it extends, in the order of reading", async () => {
  const { experiment } = await load({
    'base.yaml': `${tinyTable.replace('quick:', 'quick:\n    notes: [base, in quick]')}\nnotes: [base]`,
    'table.yaml': 'extends: base.yaml\nnotes: [own]\nprofiles: { quick: { notes: [own, in quick] } }',
  });
  expect(experiment.notes).toEqual(['base', 'base', 'in quick', 'own', 'own', 'in quick']);
});

test.each([
  ['data: { source: my.csv }', /table\.yaml:2:17 data\.source: expected hub or embedded, got "my\.csv"/],
  [
    'profiles: { small: { training: { epochz: 1 } } }',
    /table\.yaml:2:34 profiles\.small\.training\.epochz: .*did you mean "epochs"/,
  ],
  ['profiles: { small: { attack: { recipe: { variant: none } } } }', /profiles\.small\.attack\.recipe/],
])(
  'what a file says is checked also where it is overridden or of another profile: %s',
  async (text, line) => {
    const files = {
      'base.yaml': tinyTable,
      'middle.yaml': `extends: base.yaml\n${text}`,
      'table.yaml': 'extends: middle.yaml\ndata: { source: embedded }',
    };
    expect((await mistake(files)).replace('middle', 'table')).toMatch(line);
  },
);

test('a file may be extended by its absolute path', async () => {
  await withFiles({ 'base.yaml': tinyTable }, async (folder) => {
    const path = join(folder, 'table.yaml');
    await writeFile(path, `extends: ${join(folder, 'base.yaml')}\ntitle: Other`);
    expect((await loadExperiment(path, 'quick')).experiment.title).toBe('Other');
  });
});

test.each([
  [
    'rows: { BERT: { layerGroup: 1-2 of 12 } }',
    /rows\.BERT\.layerGroup: expected no layerGroup, since a row that is monotone chooses/,
  ],
  [
    'rows: { BERT: { evaluate: { iterations: 3 } } }',
    /rows\.BERT\.evaluate: expected no evaluate, since nothing/,
  ],
  [
    'rows: { IM-BERT: { layerGroup: 1-2 of 12, connection: { layers: 1-2 } } }',
    /rows\.IM-BERT\.connection\.layers: expected no layers, since layerGroup sets/,
  ],
  [
    'rows: { IM-BERT: { connection: { elsewhere: explicit } } }',
    /connection\.elsewhere: expected no elsewhere/,
  ],
  [
    'attack: { recipe: { name: deepwordbug }, vectors: v.txt }',
    /attack\.vectors: expected no vectors, since deep/,
  ],
  [
    'rows: { IM-BERT: { connection: { kind: explicit, solver: { name: picard } } } }',
    /table\.yaml:2:50 rows\.IM-BERT\.connection\.solver: expected kind, layers, eulerStep or phi, got unknown key "solver"/,
  ],
  [
    'rows: { BERT: { connection: { eulerStep: 2 } } }',
    /rows\.BERT\.connection\.eulerStep: expected kind, got unknown key "eulerStep"/,
  ],
  ['layout: attack', /layout: expected no layout, since the experiment has no attack, got one/],
])('a setting without effect is a located mistake: %s', async (text, line) => {
  expect(await mistake({ 'base.yaml': tinyTable, 'table.yaml': `extends: base.yaml\n${text}` })).toMatch(
    line,
  );
});

test.each([
  ['seeds: 1000000', /table\.yaml:2:8 seeds: expected a number <= 1000/],
  ['seeds: [3, 3]', /seeds: expected .*every seed once/],
  ['tasks: [sst2, sst2]', /tasks: expected every task once/],
  [
    `rows: { A: { grid: { ${'abcdefgh'
      .split('')
      .map((key) => `${key}: [1,2,3,4,5,6,7,8,9,10]`)
      .join()} } } }`,
    /table\.yaml:2:20: expected at most 1000 rows, each point of a grid counted, got 100000002\./,
  ],
  [
    'rows: { "A {a}": { grid: { a: [1, 2], b: [1, 2] } } }',
    /expected a name of its own for every row, got two rows "A 1"/,
  ],
  ['encoders: { bert: { layers: 100000 } }', /encoders\.bert\.layers: expected a number <= 100/],
  [
    'encoders: { bert: { heads: 3 } }',
    /table\.yaml:2:28 encoders\.bert\.heads: expected a divisor of the width, 16, got 3/,
  ],
  ['encoders: { bert: { width: 65536 } }', /encoders\.bert\.width: expected at most 1 billion weights/],
  ['training: { batchSize: 1000000 }', /training\.batchSize: expected a number <= 1024/],
  ['training: { maxLength: 256 }', /table\.yaml:2:24 training\.maxLength: expected a number <= 128/],
  [
    'training: { validationShare: 0.001 }',
    /table\.yaml:2:30 training\.validationShare: expected a share that leaves/,
  ],
  [
    'rows: { IM-BERT: { connection: { layers: "3" } } }',
    /rows\.IM-BERT\.connection\.layers: expected layers from 1 to 2/,
  ],
])('what cannot be run is a located mistake before anything runs: %s', async (text, line) => {
  expect(await mistake({ 'base.yaml': tinyTable, 'table.yaml': `extends: base.yaml\n${text}` })).toMatch(
    line,
  );
});

test("what the command line says is laid over the file's profile", async () => {
  const { experiment } = await load({ 'table.yaml': tinyTable }, 'quick', [
    { option: '--seeds=3', value: { seeds: 3 } },
  ]);
  expect(experiment.seeds).toBe(3);
});

test("a row's and a task's recipe are laid over the experiment's", async () => {
  const loaded = await load({
    'table.yaml': `${tinyTable}
taskTraining: { sst2: { maxLength: 64 } }`.replace(
      'rows:',
      'rows:\n  A: { encoder: bert, connection: { kind: monotone }, training: { epochs: 7 } }',
    ),
  });
  const [row] = resolveRows(loaded).rows;
  expect(row?.training.get('sst2')).toMatchObject({
    maxLength: 64,
    epochs: 7,
    optimizer: { learningRate: 1e-3 },
  });
});

test('rows whose encoder the profile lacks are left out with the reason', async () => {
  const { rows, omitted } = resolveRows(await load({ 'table.yaml': tinyTable }, 'small'));
  expect(rows).toEqual([]);
  expect(omitted).toContainEqual({ name: 'IM-BERT', reason: 'it is only a test' });
});

test('a layer group is placed in the encoder and says so', async () => {
  const grouped = tinyTable.replace('IM-BERT:\n', 'IM-BERT:\n    layerGroup: 7-12 of 12\n');
  const { rows } = resolveRows(await load({ 'table.yaml': grouped }));
  expect(rows[1]?.connection).toMatchObject({ layers: [2] });
  expect(rows[1]?.note).toBe('layer 2 of 2, for 7-12 of 12');
});

test('a misspelt key is named with its line, its column and the likely word', async () => {
  expect(await mistake({ 'table.yaml': tinyTable.replace('epochs:', 'epoch:') })).toMatch(
    /^table\.yaml:\d+:\d+ training\.epoch: expected .*epochs.*, got unknown key "epoch", did you mean "epochs"\?$/,
  );
});

test('a mistake in an extended file is placed in that file', async () => {
  const files = {
    'base.yaml': tinyTable.replace('monotone', 'monotonous'),
    'table.yaml': 'extends: base.yaml',
  };
  expect(await mistake(files)).toMatch(
    /^base\.yaml:6:\d+ rows\.BERT\.connection\.kind: expected monotone, explicit or implicit, got "monotonous"/,
  );
});

test('a misspelt profile, encoder and table are answered with the likely word', async () => {
  expect(await mistake({ 'table.yaml': tinyTable }, 'quik')).toBe(
    'table.yaml profile: expected quick, small, got "quik", did you mean "quick"?',
  );
  const loaded = await load({ 'table.yaml': tinyTable.replace('encoder: bert,', 'encoder: brt,') });
  expect(() => resolveRows(loaded)).toThrow(/table\.yaml:6:20 rows\.BERT\.encoder: .*did you mean "bert"\?/);
  await expect(loadExperiment('tabel1', 'quick')).rejects.toThrow('did you mean "table1"?');
});

test('a file that extends itself over another is refused', async () => {
  expect(await mistake({ 'table.yaml': 'extends: base.yaml', 'base.yaml': 'extends: table.yaml' })).toBe(
    'base.yaml:1:10: expected a file that does not extend this one, got a circle over "table.yaml".',
  );
});

test.each(['quick', 'small', 'paper'])(
  'every table that ships is valid in the %s profile',
  async (profile) => {
    for (const name of await tableNames()) {
      const { rows } = resolveRows(await loadExperiment(name, profile));
      expect(rows.length).toBeGreaterThan(0);
    }
  },
);
