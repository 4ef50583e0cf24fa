import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floatTensor, intTensor } from '@im-bert/core';
import type { EngineName } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  createExecutor,
  type ExecutorOptions,
  loadModel,
  type NamedTensors,
  openSafetensors,
} from '@im-bert/models';
import { type IndexedBatch, train, type TrainingResult, trainingSchema } from '@im-bert/training';
import { z } from 'zod';

// Made by tools/parity/train_steps.py: a tiny BERT trained for ten steps by torch.optim.Adam.
const folder = fileURLToPath(new URL('./fixtures/adam', import.meta.url));
const numbers = z.array(z.number());
const fixtureSchema = z.object({
  rows: z.number(),
  length: z.number(),
  learningRate: z.number(),
  steps: z.array(
    z.object({
      ...{ ids: numbers, typeIds: numbers, mask: numbers, labels: numbers },
      ...{ real: z.number(), loss: z.number(), gradientNorm: z.number() },
    }),
  ),
});

type Fixture = z.infer<typeof fixtureSchema>;

function batches({ steps, rows, length }: Fixture): IndexedBatch[] {
  return steps.map(({ ids, typeIds, mask, labels, real }) => ({
    ids: intTensor(Int32Array.from(ids), [rows, length]),
    typeIds: intTensor(Int32Array.from(typeIds), [rows, length]),
    mask: floatTensor(Float32Array.from(mask), [rows, length]),
    labels: intTensor(Int32Array.from(labels), [rows]),
    weights: floatTensor(
      Float32Array.from(labels, (_, row) => (row < real ? 1 : 0)),
      [rows],
    ),
    indices: labels.slice(0, real).map((_, row) => row),
  }));
}

async function trained(
  fixture: Fixture,
  steps: number,
  engineName: EngineName,
  mode: NonNullable<ExecutorOptions['mode']>,
): Promise<TrainingResult<{ parameters: NamedTensors }>> {
  const engine = await createEngine(engineName, engineName === 'tfjs' ? { backend: 'cpu' } : { threads: 1 });
  const model = await loadModel(folder, { seed: 0 });
  const executor = createExecutor(engine, model, { mode });
  const all = batches(fixture);
  const result = await train({
    executor,
    model,
    trainBatches: () => all.slice(0, steps),
    validationBatches: all.slice(0, 1),
    spec: trainingSchema.parse({
      epochs: 1,
      optimizer: { learningRate: fixture.learningRate },
      schedule: { warmup: 0, decay: 'constant' },
    }),
    seed: 0,
    folder: await mkdtemp(join(tmpdir(), 'im-bert-parity-')),
    checkpointEvery: 100,
  });
  await executor.dispose();
  await engine.dispose();
  return result;
}

/** Largest difference from PyTorch's weights, in units of the learning rate. */
async function distanceFromPyTorch(parameters: NamedTensors, steps: number, rate: number): Promise<number> {
  const file = await openSafetensors(join(folder, `after-${steps}.safetensors`));
  let largest = 0;
  for (const [name, { data }] of Object.entries(parameters)) {
    // Attention does not change with the key's bias: its gradient is 0 but for rounding, which Adam scales up to a step.
    if (name.endsWith('key.bias')) continue;
    const stored = [`bert.${name}`, name].find((candidate) => file.entries.has(candidate)) ?? name;
    const expected = await file.read(stored);
    data.forEach(
      (value, index) => (largest = Math.max(largest, Math.abs(value - (expected.data[index] ?? NaN)))),
    );
  }
  await file.close();
  return largest / rate;
}

test.each([
  [1, 'onnx', 'whole'],
  [1, 'onnx', 'chain'],
  [1, 'tfjs', 'whole'],
  [1, 'tfjs', 'chain'],
  [10, 'onnx', 'whole'],
  [10, 'onnx', 'chain'],
] as const)(
  'weights after %d steps on %s, %s, agree with PyTorch',
  async (steps, engine, mode) => {
    const fixture = fixtureSchema.parse(JSON.parse(await readFile(join(folder, 'steps.json'), 'utf8')));
    const { steps: records, model } = await trained(fixture, steps, engine, mode);
    records.forEach(({ loss, gradientNorm }, step) => {
      expect(loss).toBeCloseTo(fixture.steps[step]?.loss ?? NaN, 4);
      expect(gradientNorm).toBeCloseTo(fixture.steps[step]?.gradientNorm ?? NaN, 3);
    });
    expect(await distanceFromPyTorch(model.parameters, steps, fixture.learningRate)).toBeLessThan(0.01);
  },
  60_000,
);
