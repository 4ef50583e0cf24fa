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
  return load(files, profile).then(
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
      'rows:\n  A: { encoder: bert, connection: {}, training: { epochs: 7 } }',
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
  expect(rows[1]?.connection.layers).toEqual([2]);
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
