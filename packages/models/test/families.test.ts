import { type FloatTensor, floatTensor } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  createExecutor,
  type Executor,
  loadModel,
  type Model,
  type NamedTensors,
  saveModel,
} from '@im-bert/models';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batch, type Connection, model } from './support/executor-case.ts';
import { fixture, readAll } from './support/fixtures.ts';

const table = 'encoder.relative_attention_bias.weight';

let engine: Engine | undefined;
const onnx = async (): Promise<Engine> => (engine ??= await createEngine('onnx', { threads: 1 }));
afterAll(async () => engine?.dispose());

const mapped = (
  tensors: NamedTensors,
  value: (name: string, old: number, at: number) => number,
): NamedTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]): [string, FloatTensor] => [
      name,
      floatTensor(
        data.map((old, at) => value(name, old, at)),
        shape,
      ),
    ]),
  );

async function lossOf(executor: Executor, parameters: NamedTensors, into: NamedTensors): Promise<number> {
  return (await executor.lossAndGradients(parameters, batch, { dropout: null, into })).loss;
}

/** A loss's slope along the signs of its gradient: by its gradients, and by central differences. */
async function slopes(
  executor: Executor,
  { parameters }: Model,
  isMoved: (name: string) => boolean,
): Promise<{ readonly analytic: number; readonly numeric: number }> {
  const gradients = mapped(parameters, () => NaN); // whatever stands in the buffers is overwritten
  await lossOf(executor, parameters, gradients);
  const direction = mapped(gradients, (name, value) => (isMoved(name) ? Math.sign(value) : 0));
  const analytic = Object.entries(gradients)
    .filter(([name]) => isMoved(name))
    .reduce((sum, [, { data }]) => sum + data.reduce((all, value) => all + Math.abs(value), 0), 0);
  const scratch = mapped(parameters, () => 0);
  const moved = (step: number): NamedTensors =>
    mapped(parameters, (name, old, at) => old + step * (direction[name]?.data[at] ?? 0));
  const step = 2e-3;
  const [up, down] = [
    await lossOf(executor, moved(step), scratch),
    await lossOf(executor, moved(-step), scratch),
  ];
  return { analytic, numeric: (up - down) / (2 * step) };
}

const implicit: Connection = {
  kind: 'implicit',
  solver: { name: 'picard', iterations: 3 },
  gradient: { name: 'unrolled' },
};

test.each([
  ['whole', { kind: 'monotone' }],
  ['chain', { kind: 'monotone' }],
  ['whole', implicit],
  ['chain', implicit],
] as const)(
  'the table that all layers share gets the sum of their gradients: %s, %j',
  async (mode, connection) => {
    const mpnet = model(connection, 'mpnet');
    const executor = createExecutor(await onnx(), mpnet, { mode });
    const shared = await slopes(executor, mpnet, (name) => name === table);
    expect(Math.abs(shared.numeric)).toBeGreaterThan(0.01);
    expect(Math.abs(shared.analytic / shared.numeric - 1)).toBeLessThan(0.02);
    const all = await slopes(executor, mpnet, () => true);
    expect(Math.abs(all.analytic / all.numeric - 1)).toBeLessThan(0.02);
    await executor.dispose();
  },
  60_000,
);

test('MPNet is saved under the names and the model_type that transformers gives it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-models-'));
  try {
    await saveModel(folder, await loadModel(fixture('mpnet'), { seed: 1 }));
    const [theirs, ours] = [fixture('mpnet'), folder].map((place) =>
      readAll(join(place, 'model.safetensors')),
    );
    expect(await ours).toEqual(await theirs);
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ model_type: 'mpnet', relative_attention_num_buckets: 32, hidden_size: 8 });
    expect((await loadModel(folder, { seed: 2 })).parameters).toEqual(
      (await loadModel(fixture('mpnet'), { seed: 1 })).parameters,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
