import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatTensor, predictedClass, randomStream, UserError } from '@im-bert/core';
import type { Executor } from '@im-bert/models';
import { predict, train, trainingSchema, type TrainOptions, validate } from '@im-bert/training';
import fc from 'fast-check';
import { logisticExecutor, logisticParameters } from './support/logistic-executor.ts';
import { toyBatches } from './support/toy-batches.ts';

type Model = { parameters: ReturnType<typeof logisticParameters> };

async function options(changes: Partial<TrainOptions<Model>> = {}): Promise<TrainOptions<Model>> {
  return {
    executor: logisticExecutor(),
    model: { parameters: logisticParameters() },
    trainBatches: (random) => toyBatches(30, random),
    validationBatches: toyBatches(9, randomStream(0, 'validation')),
    spec: trainingSchema.parse({ optimizer: { learningRate: 0.05 }, epochs: 4, batchSize: 4 }),
    seed: 1,
    folder: await mkdtemp(join(tmpdir(), 'im-bert-train-')),
    checkpointEvery: 3,
    ...changes,
  };
}

/** An executor whose n-th training pass (from 0) gives this loss and leaves these gradients. */
function failingAt(pass: number, loss: number): Executor {
  const inner = logisticExecutor();
  let count = 0;
  return {
    ...inner,
    lossAndGradients: async (parameters, batch, passOptions) => {
      const result = await inner.lossAndGradients(parameters, batch, passOptions);
      return count++ === pass ? { ...result, loss } : result;
    },
  };
}

test('training lowers the validation loss and keeps the best epoch', async () => {
  const result = await train(await options());
  const losses = result.validations.map(({ loss }) => loss ?? Infinity);
  expect(result.status).toBe('finished');
  expect(result.steps).toHaveLength(32);
  expect(result.best?.loss).toBe(Math.min(...losses));
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  const { validationBatches } = await options();
  const scores = await validate(logisticExecutor(), result.model.parameters, validationBatches);
  expect(scores?.loss).toBe(result.best?.loss);
});

test('the weights of an earlier epoch are kept when later ones are worse', async () => {
  let validations = 0;
  const inner = logisticExecutor();
  const worsening: Executor = {
    ...inner,
    logits: async (parameters, inputs) => {
      const { logits, residuals } = await inner.logits(parameters, inputs);
      const sharpened = validations++ < 3 ? 1 : -50; // 3 batches an epoch: from the second epoch on all is wrong
      return {
        logits: floatTensor(
          logits.data.map((x) => x * sharpened),
          logits.shape,
        ),
        residuals,
      };
    },
  };
  const result = await train(await options({ executor: worsening }));
  expect(result.best).toMatchObject({ epoch: 0, step: 8 });
});

test('a run stopped by its signal goes on to the same bits as one that was never stopped', async () => {
  const whole = await train(await options());
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-train-'));
  for (const stopAfter of [1, 8, 13, 31, 32]) {
    const controller = new AbortController();
    const onStep = (record: { step: number }) => {
      if (record.step + 1 === stopAfter) controller.abort();
    };
    const stopped = await train(await options({ folder, signal: controller.signal, onStep }));
    expect([stopped.status, stopped.steps.length]).toEqual(['stopped', stopAfter]);
  }
  expect(await train(await options({ folder }))).toEqual(whole);
});

test('a finished run is not run again', async () => {
  const settings = await options();
  const first = await train(settings);
  const again = await train({ ...settings, executor: failingAt(0, NaN) });
  expect(again).toEqual(first);
});

test('a folder of another run is refused', async () => {
  const settings = await options();
  await train(settings);
  await expect(train({ ...settings, seed: 2 })).rejects.toThrow('expected a checkpoint of this run');
});

test('a checkpoint that was damaged in any place is refused with its path', async () => {
  const settings = await options();
  const { best } = await train(settings);
  for (const name of ['checkpoint.safetensors', `best-${best?.step}.safetensors`]) {
    const path = join(settings.folder, name);
    const whole = await readFile(path);
    const refuse = async (bytes: Buffer): Promise<void> => {
      await writeFile(path, bytes);
      const failure: unknown = await train(settings).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect(String(failure)).toMatch(/safetensors: expected a whole checkpoint, got .* Delete it/);
    };
    for (const left of [whole.length - 4, 100, 0]) await refuse(whole.subarray(0, left));
    const bits = fc.record({ byte: fc.nat(whole.length - 1), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(bits, ({ byte, bit }) => {
        const bytes = Buffer.from(whole);
        bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
        return refuse(bytes);
      }),
      { numRuns: 50 },
    );
    await writeFile(path, whole);
  }
});

test('only the checkpoint and the best weights stay in the folder', async () => {
  const settings = await options();
  const { best } = await train(settings);
  const kept = [`best-${best?.step}.safetensors`, 'checkpoint.safetensors'];
  expect((await readdir(settings.folder)).sort()).toEqual(kept);
});

test('a step whose loss is not finite is skipped and counted', async () => {
  const result = await train(await options({ executor: failingAt(2, NaN) }));
  expect(result.skippedSteps).toBe(1);
  expect(result.steps[2]).toMatchObject({ step: 2, loss: null, skipped: true });
});

/** An executor whose gradients are not finite in one pass, though its loss is. */
function steepAt(pass: number, slope: number): Executor {
  const inner = logisticExecutor();
  let count = 0;
  return {
    ...inner,
    lossAndGradients: async (parameters, batch, passOptions) => {
      const result = await inner.lossAndGradients(parameters, batch, passOptions);
      if (count++ === pass) passOptions.into['bias']?.data.fill(slope, 1);
      return result;
    },
  };
}

/** A run of so many steps at the full rate from the first one on. */
async function fullRate(executor: Executor, steps: number) {
  const spec = trainingSchema.parse({ epochs: 1, batchSize: 4, schedule: { warmup: 0, decay: 'constant' } });
  const trainBatches: TrainOptions<Model>['trainBatches'] = (random) => toyBatches(4 * steps, random);
  return train(await options({ spec, executor, trainBatches }));
}

test.each([
  ['loss is NaN', () => failingAt(0, NaN)],
  ['loss is infinite', () => failingAt(0, Infinity)],
  ['gradient is NaN', () => steepAt(0, NaN)],
  ['gradient is infinite', () => steepAt(0, Infinity)],
])('a step whose %s moves no weight and leaves no trace in the moments', async (_, executor) => {
  const alone = await fullRate(executor(), 1);
  expect(alone).toMatchObject({ skippedSteps: 1, model: { parameters: logisticParameters() } });
  // the step after it is Adam's first: each weight with a gradient moves by the whole rate
  const { model, skippedSteps, steps } = await fullRate(executor(), 2);
  const moves = [...(model.parameters['weight']?.data ?? [])].filter((value) => value !== 0).map(Math.abs);
  expect(skippedSteps).toBe(1);
  expect(moves.length).toBeGreaterThan(4);
  for (const move of moves) expect(move / (steps[1]?.learningRate ?? NaN)).toBeCloseTo(1, 3);
});

test('clipping bounds the gradients that Adam sees and logs the norm before it', async () => {
  const firstStep = async (clip: number | null) => {
    const spec = trainingSchema.parse({ epochs: 1, batchSize: 4, clip, schedule: { warmup: 0 } });
    const { steps, model } = await train(
      await options({ spec, trainBatches: (random) => toyBatches(4, random) }),
    );
    const moved = Math.max(...(model.parameters['weight']?.data ?? []));
    return { norm: steps[0]?.gradientNorm, moved: moved / spec.optimizer.learningRate };
  };
  const [free, loose, tight] = [await firstStep(null), await firstStep(1e6), await firstStep(1e-9)];
  expect(free.norm).toBeGreaterThan(0.1);
  expect([loose, tight.norm]).toEqual([free, free.norm]);
  expect(free.moved).toBeGreaterThan(0.99); // Adam's first step has the length of the rate ...
  expect(tight.moved).toBeLessThan(0.1); // ... unless gradients are small beside epsilon
});

test('an epoch with another number of batches is a defect that is told', async () => {
  let calls = 0;
  const trainBatches: TrainOptions<Model>['trainBatches'] = (random) =>
    toyBatches(++calls > 2 ? 10 : 30, random);
  await expect(train(await options({ trainBatches }))).rejects.toThrow(
    'expected 8 batches in every epoch, got 3',
  );
});

test('progress counts steps up to the total', async () => {
  const seen: [number, number][] = [];
  await train(await options({ onStep: (_, { done, total }) => seen.push([done, total]) }));
  expect([seen[0], seen.at(-1)]).toEqual([
    [1, 32],
    [32, 32],
  ]);
});

test('predictions come in the order of the examples, fillers left out', async () => {
  const { model } = await train(await options());
  const inOrder = await predict(logisticExecutor(), model, toyBatches(9, randomStream(0, 'one order')));
  const otherOrder = await predict(
    logisticExecutor(),
    model,
    toyBatches(9, randomStream(0, 'another order')),
  );
  expect(inOrder.logits).toHaveLength(9);
  expect(otherOrder).toEqual(inOrder);
  expect(new Set(inOrder.logits.map(predictedClass))).toEqual(new Set([0, 1]));
});
