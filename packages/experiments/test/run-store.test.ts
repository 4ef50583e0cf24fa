import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStoreFile } from '@im-bert/data';
import { z } from 'zod';
import type { Finding } from '../src/store/rows.ts';
import { type NewRun, RunStore } from '../src/store/run-store.ts';
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
  await store.start(run);
  store.close();
  const child = await holder(`update runs set status = 'done', seconds = 7`);
  const seen = await RunStore.read(path);
  expect(await seen?.runs()).toMatchObject([{ cell: 'c1', status: 'done', seconds: 7 }]);
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
  expect(await store.runs()).toEqual([]);
  store.close();
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
      const [text] = (await once(child.stdout, 'data')) as [Buffer];
      await once(child, 'close');
      return text.toString().trim();
    }),
  );
  for (const outcome of outcomes) expect(outcome).toMatch(/^(opened|.*held by process \d+.*)$/);
  expect(outcomes).toContain('opened');
  const store = await RunStore.open(path);
  expect(await store.runs()).toEqual([]);
  expect(await readdir(folder)).toEqual(['runs.duckdb']);
  store.close();
});
