import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processMark } from '@im-bert/core';
import { openStoreFile } from '@im-bert/data';
import { z } from 'zod';
import { measurements } from '../src/measurements/measurements.ts';
import type { TrainingRecord } from '../src/store/rows.ts';
import { type NewModel, RunStore } from '../src/store/run-store.ts';
import { runStore } from '../src/store/schema.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-bert-store-'));
  path = join(folder, 'runs.duckdb');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const run: NewModel = {
  model: 'c1',
  spec: '{}',
  digest: 'd',
  training_version: 1,
  seed: 1,
  flops: 1e9,
  versions: '{}',
  commit_id: null,
  machine: 'm',
};

const record: TrainingRecord = {
  steps: [{ step: 0, epoch: 0, loss: 0.7, learningRate: 1e-3, gradientNorm: null, skipped: false }],
  validations: [{ epoch: 0, step: 1, loss: 0.6, accuracy: 0.5 }],
  facts: { parameters: 5 },
};

const { predictions, spectra } = measurements;
const of = { subject: 'c1-e', model: 'c1', seconds: 1, flops: 1, machine: 'm' };
const answer = { label: 1, predicted: 1, logits: [0, 1], method: null };

test('a trained model and what was measured on it are there after the store is opened again', async () => {
  const store = await RunStore.open(path);
  const rows = [
    { ...answer, split: 'clean', example: 'a', level: null },
    { ...answer, split: 'adversarial', example: 'b', level: 'word' },
  ];
  await store.startTraining(run);
  await store.finishTraining('c1', record, 2);
  await store.keep(predictions, of, rows);
  store.close();
  const again = await RunStore.open(path);
  expect(await again.models()).toMatchObject([{ model: 'c1', status: 'done', seconds: 2, steps: 1 }]);
  expect(await again.measured()).toMatchObject([{ measurement: 'predictions', version: 1, status: 'done' }]);
  expect((await again.rows(predictions, ['c1-e'])).get('c1-e')).toEqual(rows);
  const steps = z.object({
    model: z.string(),
    learningRate: z.number(),
    gradientNorm: z.number().nullable(),
  });
  expect(await again.query(steps, 'select * from steps')).toEqual([
    { model: 'c1', learningRate: 1e-3, gradientNorm: null },
  ]);
  again.close();
});

test('training again replaces the steps and adds up the seconds', async () => {
  const store = await RunStore.open(path);
  for (const seconds of [2, 3]) {
    await store.startTraining(run);
    await store.finishTraining('c1', record, seconds);
  }
  expect(await store.models()).toMatchObject([{ seconds: 5 }]);
  const count = z.object({ n: z.bigint() });
  expect(await store.query(count, 'select count(*) as n from steps')).toEqual([{ n: 1n }]);
  store.close();
});

test('a model in training when the process died is interrupted, not running', async () => {
  const store = await RunStore.open(path);
  await store.startTraining(run);
  store.close();
  const again = await RunStore.open(path);
  expect(await again.models()).toMatchObject([{ status: 'interrupted' }]);
  again.close();
});

test('measuring again replaces the rows; a number that is not finite is null where it may be, else an error', async () => {
  const store = await RunStore.open(path);
  for (const radius of [0.75, NaN]) {
    await store.keep(spectra, of, [{ layer: 1, radius, examples: 16 }]);
    expect((await store.rows(spectra, ['c1-e'])).get('c1-e')).toEqual([
      { layer: 1, radius: Number.isNaN(radius) ? null : radius, examples: 16 },
    ]);
  }
  await expect(store.keep(spectra, of, [{ layer: NaN, radius: 1, examples: 16 }])).rejects.toThrow(
    `spectra_${spectra.version}, layer: expected a finite number, got NaN`,
  );
  expect((await store.rows(spectra, ['c1-e'])).get('c1-e')).toHaveLength(1);
  store.close();
});

test.each([
  'update predictions set label = 0',
  `update predictions set split = 'other'`,
  'delete from predictions',
  'update measured set digest = null',
])('rows that are not those that were stored are refused in one line: %s', async (damage) => {
  const store = await RunStore.open(path);
  await store.keep(predictions, of, [{ ...answer, split: 'clean', example: 'a', level: null }]);
  store.close();
  const file = await openStoreFile(path, runStore);
  await file.connection.run(damage);
  file.close();
  const again = await RunStore.open(path);
  await expect(again.rows(predictions, ['c1-e'])).rejects.toThrow(
    /runs\.duckdb, predictions of c1-e: expected the rows that were stored, got others[^\n]*$/,
  );
  again.close();
});

test('a raised version has rows of its own, whatever their columns; the older ones stay', async () => {
  const store = await RunStore.open(path);
  await store.keep(spectra, of, [{ layer: 1, radius: 0.5, examples: 16 }]);
  const raised = { ...spectra, version: spectra.version + 1, row: z.object({ largest: z.number() }) };
  expect(await store.rows(raised, ['c1-e'])).toEqual(new Map());
  await store.keep(raised, of, [{ largest: 3 }]);
  expect((await store.rows(raised, ['c1-e'])).get('c1-e')).toEqual([{ largest: 3 }]);
  expect((await store.rows(spectra, ['c1-e'])).get('c1-e')).toHaveLength(1);
  store.close();
});

test('a store of another version is refused in one line and left as it is', async () => {
  const other = { ...runStore, version: runStore.version + 1 };
  (await openStoreFile(path, other)).close();
  const before = await readFile(path);
  const line = new RegExp(
    `expected a run store of version ${runStore.version}, got version ${other.version}[^\\n]*$`,
  );
  await expect(RunStore.open(path)).rejects.toThrow(line);
  await expect(RunStore.read(path)).rejects.toThrow(line);
  expect(await readFile(path)).toEqual(before);
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
    model: 'c',
    spec: '{}',
    digest: 'd',
    training_version: 1,
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
    /runs\.duckdb: expected a run store that can be read, got [^\n]*$/,
  );
});

const duckDb = JSON.stringify(import.meta.resolve('@duckdb/node-api'));

/** A process that opens the store with DuckDB, runs the statements, says so and waits. */
async function holder(statements: string): Promise<ChildProcess> {
  const hold = `
    const { DuckDBInstance } = await import(${duckDb});
    const instance = await DuckDBInstance.create(${JSON.stringify(path)});
    const connection = await instance.connect();
    await connection.run(${JSON.stringify(statements)});
    console.log('held');
    setInterval(() => instance, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', hold]);
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('a store that another process holds, even a stopped one, is refused with that process named, until it ends', async () => {
  (await RunStore.open(path)).close();
  const child = await holder('select 1');
  const refusal = `expected a store that no other process writes to, got one held by process ${child.pid ?? 0}`;
  await expect(RunStore.open(path)).rejects.toThrow(refusal);
  child.kill('SIGSTOP');
  await expect(RunStore.open(path)).rejects.toThrow(refusal);
  await end(child);
  (await RunStore.open(path)).close();
});

test('what another process has stored so far can be read while it goes on, and its lock stays', async () => {
  const store = await RunStore.open(path);
  await store.startTraining(run);
  store.close();
  const child = await holder(`update models set status = 'done', seconds = 7`);
  const seen = await RunStore.read(path);
  expect(await seen?.models()).toMatchObject([{ model: 'c1', status: 'done', seconds: 7 }]);
  seen?.close();
  await expect(RunStore.open(path)).rejects.toThrow('held by process');
  await end(child);
});

test('a file that a killed process left while it made the store is not taken for one, and goes', async () => {
  const left = `${path}.0b0e.partial`;
  await writeFile(left, 'half');
  expect(await RunStore.read(path)).toBeUndefined();
  const store = await RunStore.open(path);
  expect(await readdir(folder)).toEqual(['runs.duckdb']);
  expect(await store.models()).toEqual([]);
  store.close();
});

test('the copy of a reader that was killed goes when another one reads; that of one that still reads stays', async () => {
  (await RunStore.open(path)).close();
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const [left, used] = [ended, process.ppid].map((pid) =>
    join(tmpdir(), processMark.replace(String(process.pid), String(pid)) + '.store-XXXXXX'),
  );
  if (left === undefined || used === undefined) throw new Error('two folders');
  for (const copy of [left, used]) {
    await mkdir(copy, { recursive: true });
    await writeFile(join(copy, 'runs.duckdb'), 'x');
  }
  (await RunStore.read(path))?.close();
  expect([left, used].map((copy) => existsSync(copy))).toEqual([false, true]);
  await rm(used, { recursive: true });
});

test('a DuckDB file of something else is refused and left as it is', async () => {
  await end(await holder('create table mine (i integer); checkpoint'));
  const before = await readFile(path);
  const line = /expected a run store of version \d+, got a DuckDB file without one\. Move/;
  await expect(RunStore.open(path)).rejects.toThrow(line);
  await expect(RunStore.read(path)).rejects.toThrow(line);
  expect(await readFile(path)).toEqual(before);
});

test('a store is not opened twice in one process, which would give up its lock', async () => {
  const store = await RunStore.open(path);
  await expect(RunStore.open(path)).rejects.toThrow('open in this process already');
  await expect(RunStore.read(path)).rejects.toThrow('open in this process already');
  store.close();
});

test('of processes that make a store at the same time one gets it, and it is whole', async () => {
  const script = join(import.meta.dirname, 'support', 'open-store.mjs');
  const outcomes = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, ['--conditions=@im-bert/source', script, path]);
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (text += String(chunk)));
      await once(child, 'close');
      return text.trim();
    }),
  );
  for (const outcome of outcomes) expect(outcome).toMatch(/^(opened|.*held by process \d+.*)$/);
  expect(outcomes).toContain('opened');
  const store = await RunStore.open(path);
  expect(await store.models()).toEqual([]);
  expect(await readdir(folder)).toEqual(['runs.duckdb']);
  store.close();
});
