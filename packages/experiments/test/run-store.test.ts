import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Database } from '../src/store/database.ts';
import type { Finding } from '../src/store/rows.ts';
import { type NewRun, RunStore } from '../src/store/run-store.ts';
import { storeVersion } from '../src/store/schema.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-bert-store-'));
  path = join(folder, 'runs.duckdb');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const run: NewRun = {
  cell: 'c1',
  spec: '{}',
  digest: 'd',
  stage_version: 1,
  seed: 1,
  flops: 1e9,
  versions: '{}',
  commit_id: null,
  machine: 'm',
};

const finding: Finding = {
  steps: [
    { step: 0, epoch: 0, loss: 0.7, learningRate: 1e-3, gradientNorm: null, skipped: false, residuals: [] },
  ],
  validations: [{ epoch: 0, step: 1, loss: 0.6, accuracy: 0.5 }],
  predictions: [
    { split: 'clean', example: 'a', label: 1, predicted: 1, logits: [0, 1] },
    {
      split: 'adversarial',
      example: 'b',
      label: 0,
      predicted: 1,
      logits: [0, 1],
      level: 'word',
      method: 'm',
    },
  ],
  residuals: [{ split: 'clean', layer: 1, iteration: 0, relative: NaN, examples: 1 }],
  drift: [],
  spectra: [{ layer: 1, radius: 0.75, examples: 16 }],
  attacked: [],
  facts: { parameters: 5 },
};

test('a finished run is there after the store is opened again', async () => {
  const store = await RunStore.open(path);
  await store.start(run);
  await store.finish('c1', finding, 2);
  store.close();
  const again = await RunStore.open(path);
  expect(await again.runs()).toMatchObject([{ cell: 'c1', status: 'done', seconds: 2, steps: 1 }]);
  const row = z.object({ example: z.string(), logits: z.array(z.number()), level: z.string().nullable() });
  expect(await again.query(row, 'select * from predictions order by example')).toEqual([
    { example: 'a', logits: [0, 1], level: null },
    { example: 'b', logits: [0, 1], level: 'word' },
  ]);
  again.close();
});

test('finishing a cell again replaces what it found and adds up the seconds', async () => {
  const store = await RunStore.open(path);
  for (const seconds of [2, 3]) {
    await store.start(run);
    await store.finish('c1', finding, seconds);
  }
  expect(await store.runs()).toMatchObject([{ seconds: 5 }]);
  const count = z.object({ n: z.bigint() });
  expect(await store.query(count, 'select count(*) as n from predictions')).toEqual([{ n: 2n }]);
  store.close();
});

test('a run that was going when the process died is interrupted, not running', async () => {
  const store = await RunStore.open(path);
  await store.start(run);
  store.close();
  const again = await RunStore.open(path);
  expect(await again.runs()).toMatchObject([{ status: 'interrupted' }]);
  again.close();
});

test('spectral radii are kept by layer, and replaced when the cell runs again', async () => {
  const store = await RunStore.open(path);
  const row = z.object({ layer: z.number(), radius: z.number().nullable(), examples: z.number() });
  for (const radius of [0.75, NaN]) {
    await store.start(run);
    await store.finish('c1', { ...finding, spectra: [{ layer: 1, radius, examples: 16 }] }, 1);
    expect(await store.query(row, 'select layer, radius, examples from spectra')).toEqual([
      { layer: 1, radius: Number.isNaN(radius) ? null : radius, examples: 16 },
    ]);
  }
  store.close();
});

test('a store of another version is refused in one line and left as it is', async () => {
  const database = await Database.open(path, 'write');
  await database.run('create table store_version (version integer not null)');
  await database.run('insert into store_version values (?)', [storeVersion + 1]);
  database.close();
  await expect(RunStore.open(path)).rejects.toThrow(
    new RegExp(`expected a run store of version ${storeVersion}, got version ${storeVersion + 1}[^\\n]*$`),
  );
  const again = await Database.open(path, 'read');
  const tables = await again.query(
    z.object({ name: z.string() }),
    'select table_name as name from duckdb_tables()',
  );
  expect(tables).toEqual([{ name: 'store_version' }]);
  again.close();
});

test('a residual that is not a number is stored as null', async () => {
  const store = await RunStore.open(path);
  await store.start(run);
  await store.finish('c1', finding, 1);
  const row = z.object({ relative: z.number().nullable() });
  expect(await store.query(row, 'select relative from residuals')).toEqual([{ relative: null }]);
  store.close();
});

test('placing slots again drops those that the table no longer has', async () => {
  const store = await RunStore.open(path);
  const slot = {
    experiment: 't',
    profile: 'p',
    task: 'sst2',
    seed: 1,
    row_position: 0,
    task_position: 0,
    cell: 'c',
  };
  await store.placeSlots('t', 'p', [
    { ...slot, row_name: 'A' },
    { ...slot, row_name: 'B' },
  ]);
  await store.placeSlots('t', 'p', [{ ...slot, row_name: 'B' }]);
  expect((await store.slots('t', 'p')).map((row) => row.row_name)).toEqual(['B']);
  store.close();
});

test('a file that is no store is named in one line', async () => {
  await writeFile(path, 'not a database, but long enough to be read as a header of one '.repeat(200));
  await expect(RunStore.open(path)).rejects.toThrow(
    /runs\.duckdb: expected a DuckDB file of ours, got [^\n]*$/,
  );
});

test('a store that another process holds is refused with that process named, and is free once it ends', async () => {
  (await RunStore.open(path)).close();
  const hold = `
    const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))});
    const instance = await DuckDBInstance.create(${JSON.stringify(path)});
    console.log('held');
    setInterval(() => instance, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', hold]);
  await once(child.stdout, 'data');
  await expect(RunStore.open(path)).rejects.toThrow(
    `expected a store that no other process has open, got one held by process ${child.pid ?? 0}`,
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await RunStore.open(path)).close();
});
