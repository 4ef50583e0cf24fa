import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunStore } from '@im-bert/experiments';
import { z } from 'zod';
import { command, type Running, startCommand } from './support/command.ts';
import { withFiles } from './support/files.ts';

/** Two cells of 60 steps. */
const table = `
title: Short
baseline: BERT
tasks: [sst2]
seeds: 1
data: { source: embedded, train: 200, clean: 20 }
encoders: { bert: { from: scratch, family: bert, layers: 2, width: 16, heads: 2 } }
training: { maxLength: 32, epochs: 3, batchSize: 8, optimizer: { learningRate: 1.0e-3 } }
rows:
  BERT: { encoder: bert, connection: { kind: monotone } }
  IM-BERT:
    encoder: bert
    connection: { kind: implicit, solver: { name: gradient-descent, iterations: 2, stepSize: 0.1 } }
`;

const run = ['run', 'table.yaml', '--checkpoint-every=10'];

const stepRow = z.object({ spec: z.string(), step: z.number(), loss: z.number(), gradientNorm: z.number() });
const predictionRow = z.object({ spec: z.string(), example: z.string(), logits: z.array(z.number()) });

/** Everything that a run decides: each step's loss and gradient, each example's scores. */
async function results(folder: string): Promise<unknown> {
  const store = await RunStore.open(join(folder, 'runs', 'runs.duckdb'));
  try {
    return {
      statuses: (await store.models()).map(({ status }) => status),
      steps: await store.query(
        stepRow,
        'select spec, step, loss, "gradientNorm" from steps join models using (model) order by spec, step',
      ),
      predictions: await store.query(
        predictionRow,
        `select spec, example, logits from predictions join measured using (subject) join models using (model)
         where measurement = 'predictions' order by spec, split, example`,
      ),
    };
  } finally {
    store.close();
  }
}

/** What `resume` would run again with. */
async function lastOptions(folder: string): Promise<unknown> {
  const store = await RunStore.open(join(folder, 'runs', 'runs.duckdb'));
  try {
    return JSON.parse((await store.lastInvocation(undefined))?.options ?? 'null');
  } finally {
    store.close();
  }
}

async function loggedSteps(folder: string): Promise<number> {
  const logs = join(folder, 'runs', 'table', 'quick', 'logs');
  const names = await readdir(logs).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')));
  return texts.join('').split('"event":"step"').length - 1;
}

/** Waits until the runs in this folder have logged so many steps. */
async function untilSteps(running: Running, folder: string, count: number): Promise<void> {
  while ((await loggedSteps(folder)) < count) {
    if (running.child.exitCode !== null) throw new Error((await running.ended).stderr);
    await sleep(10);
  }
}

/** What a kill leaves between training and measuring, and as a model is saved, is gone after the next run. */
async function expectCleaned(folder: string): Promise<void> {
  const runs = join(folder, 'runs');
  const store = await RunStore.open(join(runs, 'runs.duckdb'));
  const [trained] = await store.models();
  await store.query(z.unknown(), `delete from measured where measurement = 'calibration'`);
  store.close();
  const model = trained?.model ?? '';
  const unfinished = `model.safetensors.im-bert.${hostname()}.999999999.1.partial`;
  await mkdir(join(runs, 'cells', model), { recursive: true });
  await writeFile(join(runs, 'cells', model, 'checkpoint.safetensors'), 'of the training that was done');
  await writeFile(join(runs, 'models', model, unfinished), 'of a process that was killed as it saved');
  expect(await command(run, folder)).toMatchObject({ code: 0 });
  expect(await readdir(join(runs, 'cells'))).toEqual([]);
  expect(await readdir(join(runs, 'models', model))).not.toContain(unfinished);
}

test('a run that is killed, twice, goes on from its checkpoints to the results of an undisturbed one', async () => {
  const undisturbed = withFiles({ 'table.yaml': table }, async (folder) => {
    expect(await command(run, folder)).toMatchObject({ code: 0 });
    return results(folder);
  });
  const killed = withFiles({ 'table.yaml': table }, async (folder) => {
    for (const steps of [35, 35 + 70]) {
      const running = startCommand(run, folder);
      await untilSteps(running, folder, steps);
      running.child.kill('SIGKILL');
      await running.ended;
    }
    expect(await command(['resume'], folder)).toMatchObject({ code: 0 });
    expect(await loggedSteps(folder)).toBeLessThan(2 * 60 + 2 * 20); // what checkpoints held was not done again
    const found = await results(folder);
    await expectCleaned(folder);
    return found;
  });
  expect(await killed).toEqual(await undisturbed);
}, 180_000);

test('Ctrl-C stops at a step with a checkpoint, says how to go on, and exits with 130', async () => {
  await withFiles({ 'table.yaml': table }, async (folder) => {
    const running = startCommand([...run, '--keep=5MB', '--engine=onnx'], folder);
    await untilSteps(running, folder, 15);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('im-bert resume');
    expect(stderr).not.toContain('    at ');
    expect(await readdir(join(folder, 'runs', 'cells'))).toHaveLength(1);
    const again = await command(['plan', 'table.yaml'], folder);
    expect(again.stdout).toContain('interrupted; goes on from its checkpoint');
    expect(await lastOptions(folder)).toMatchObject({ keep: '5MB', engine: 'onnx', checkpointEvery: '10' });
  });
}, 60_000);
