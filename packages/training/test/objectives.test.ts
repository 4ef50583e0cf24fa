import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatTensor, intTensor, randomStream } from '@im-bert/core';
import type { LabelledInputs, NamedTensors } from '@im-bert/models';
import { objectiveSchema, train, trainingSchema } from '@im-bert/training';
import type { z } from 'zod';
import { divergenceFromAnchor } from '../src/objectives/divergence.ts';
import { contrast, freshCritic } from '../src/objectives/info-nce.ts';
import { exampleNorms } from '../src/objectives/perturbation.ts';
import {
  batch,
  buffersLike,
  distance,
  executorOf,
  fixture,
  model,
  patience,
  replay,
  scripted,
  type Step,
  stepOf,
} from './support/objective-steps.ts';

describe.each(scripted)('$name', (settings) => {
  test('gives padding no perturbation', async () => {
    const { passes } = await stepOf(settings);
    for (const { perturbation } of passes.filter((pass) => pass.perturbation !== undefined)) {
      const [rows = 0, length = 0, width = 0] = perturbation?.shape ?? [];
      const copies = rows / fixture.shape[0]; // pairs have each row twice
      perturbation?.data.forEach((value, at) => {
        const [row, token] = [Math.floor(at / (length * width)), Math.floor(at / width) % length];
        if (batch.mask.data[Math.floor(row / copies) * length + token] === 0) expect(value).toBe(0);
      });
    }
  });

  test(
    'trains IM-BERT too, as a whole and as a chain',
    async () => {
      const connection = { kind: 'implicit', solver: { name: 'gradient-descent', iterations: 2 } } as const;
      const [whole, chain] = [
        await stepOf(settings, { connection, dropout: true }),
        await stepOf(settings, { connection, dropout: true, mode: 'chain' }),
      ];
      expect(whole.loss).toBeCloseTo(chain.loss, 4);
      expect(distance(whole.gradients, chain.gradients)).toBeLessThan(2e-3);
    },
    patience,
  );
});

const standard = { name: 'standard' } as const;

test.each([
  { name: 'freelb', passes: 2, initialMagnitude: 0, ascentRate: 0 },
  { name: 'r3f', scale: 0 },
  { name: 'smart-code', weight: 0 },
  { name: 'smart-paper', smoothness: 0, proximity: 0 },
  { name: 'creat', radius: 0 },
  { name: 'infobert', passes: 2, initialMagnitude: 0, ascentRate: 0, bottleneck: 0, anchor: 0 },
] as const)('$name without perturbation or penalty is standard training', async (settings) => {
  const [objective, plain] = [await stepOf(settings), await stepOf(standard)];
  expect(objective.loss).toBeCloseTo(plain.loss, 5);
  expect(distance(plain.gradients, objective.gradients)).toBeLessThan(2e-6);
});

test('with dropout, R3F without noise is not standard training: its branches draw masks of their own', async () => {
  const [objective, plain] = [
    await stepOf({ name: 'r3f', scale: 0 }, { dropout: true }),
    await stepOf(standard, { dropout: true }),
  ];
  expect(distance(objective.gradients, plain.gradients)).toBeGreaterThan(1e-3);
});

test.each([
  ['freelb', { name: 'freelb', radius: 0.2, ascentRate: 5 }, 0.2],
  ['creat', { name: 'creat', radius: 0.3, ascentRate: 5 }, 0.3],
] as const)('%s keeps each example in its ball after an ascent', async (_name, settings, radius) => {
  const { passes } = await stepOf(settings);
  const last = passes.at(-1)?.perturbation;
  const norms = last === undefined ? [] : exampleNorms(last);
  expect(norms).toHaveLength(fixture.shape[0]);
  for (const norm of norms) expect(norm).toBeCloseTo(radius, 5);
});

test('smart-paper keeps every entry in its ball; smart-code, as published, does not', async () => {
  const largest = ({ passes }: Step): number =>
    Math.max(...passes.flatMap(({ perturbation }) => Array.from(perturbation?.data ?? [], Math.abs)));
  expect(largest(await stepOf({ name: 'smart-paper' }))).toBeLessThanOrEqual(1.0001e-5);
  expect(largest(await stepOf({ name: 'smart-code' }))).toBeGreaterThan(0.5);
});

test("FreeLB's gradient is the average of its passes', each by itself", async () => {
  const { gradients, passes } = await stepOf({ name: 'freelb', passes: 3 });
  expect(passes).toHaveLength(3);
  const sums = buffersLike(gradients);
  for (const { perturbation } of passes) {
    const into = buffersLike(model.parameters);
    await executorOf().lossAndGradients(model.parameters, batch, {
      dropout: null,
      into,
      ...(perturbation ? { perturbation } : {}),
    });
    for (const [name, { data }] of Object.entries(into))
      data.forEach((value, at) => {
        const sum = sums[name]?.data ?? data;
        sum[at] = (sum[at] ?? 0) + value / 3;
      });
  }
  expect(distance(gradients, sums)).toBeLessThan(1e-6);
});

test.each([
  { name: 'freelb', passes: 2, initialMagnitude: 0, ascentRate: 0.05 },
  { name: 'creat', ascents: 2, initialDeviation: 1e-3, ascentRate: 0.05, radius: 1, temperature: 0 },
] as const)('the inner ascent of $name raises the loss', async (settings) => {
  const { passes } = await stepOf(settings);
  const [before, after] = passes.slice(-2).map(({ outcome }) => outcome.loss);
  // the last pass of CreAT counts half
  const factor = settings.name === 'creat' ? 2 : 1;
  expect((after ?? NaN) * factor).toBeGreaterThan(before ?? NaN);
});

/** The derivative of R3F's loss by one entry of a weight, by central differences. */
async function slope(name: string, at: number, settings: z.input<typeof objectiveSchema>): Promise<number> {
  const step = 1e-2;
  const lossAt = async (change: number): Promise<number> => {
    const weight = model.parameters[name]?.data ?? new Float32Array();
    const kept = weight[at] ?? 0;
    weight[at] = kept + change;
    const { loss } = await stepOf(settings, { noise: replay(fixture.noise['r3f'] ?? []) });
    weight[at] = kept;
    return loss;
  };
  return ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
}

test('the divergence has gradients of both sides: detaching one gives another slope', async () => {
  const [name, at] = ['classifier.weight', 3];
  const settings = { name: 'r3f', scale: 0.5, weight: 4 } as const;
  const noise = replay(fixture.noise['r3f'] ?? []);
  const numeric = await slope(name, at, settings);
  const { gradients, passes } = await stepOf(settings, { noise });
  const exact = gradients[name]?.data[at] ?? NaN;
  expect(exact).toBeCloseTo(numeric, 2);
  // negative control: the noisy side held fixed, as an anchor
  const [pair] = passes;
  const into = buffersLike(model.parameters);
  const noisy = (pair?.outcome.logits.data ?? new Float32Array()).filter(
    (_, entry) => Math.floor(entry / 3) % 2 === 1,
  );
  await executorOf().lossAndGradients(model.parameters, batch, {
    dropout: null,
    into,
    loss: {
      of: divergenceFromAnchor,
      inputs: {
        anchor: floatTensor(noisy, [fixture.shape[0], 3]),
        shares: floatTensor(new Float32Array(fixture.shape[0]).fill(4 / fixture.shape[0]), [
          fixture.shape[0],
        ]),
      },
    },
  });
  const plain = (await stepOf(standard)).gradients[name]?.data[at] ?? NaN;
  const oneSided = plain + (into[name]?.data[at] ?? NaN);
  expect(Math.abs(oneSided - numeric)).toBeGreaterThan(0.05);
});

test("InfoNCE's gradients are those of its bound", () => {
  const [width, hidden] = [3, 4];
  const random = randomStream(4, 'contrast');
  const normal = (shape: readonly [number, number]) =>
    floatTensor(
      Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
      shape,
    );
  const weights = freshCritic(width, hidden, random);
  const couples = { x: normal([5, width]), y: normal([2, width]), rows: [0, 1, 1, 0, 1], chunk: 3 };
  const into = buffersLike(weights);
  const { byX, byY } = contrast(weights, couples, -2, into);
  const pairs: [NamedTensors, NamedTensors] = [
    { ...weights, x: couples.x, y: couples.y },
    { ...into, x: byX, y: byY },
  ];
  for (const [name, { data }] of Object.entries(pairs[0]))
    data.forEach((kept, at) => {
      const boundAt = (change: number): number => {
        data[at] = kept + change;
        return contrast(weights, couples, -2, buffersLike(weights)).bound;
      };
      const numeric = (boundAt(1e-3) - boundAt(-1e-3)) / 2e-3;
      data[at] = kept;
      expect(pairs[1][name]?.data[at]).toBeCloseTo(numeric, 3);
    });
});

test("InfoBERT's anchored features get gradients of their own: each pass has a second one", async () => {
  const settings = { name: 'infobert', passes: 2, criticWidth: 5 } as const;
  const [both, task] = [await stepOf(settings), await stepOf({ ...settings, anchor: 0 })];
  expect([both.passes.length, task.passes.length]).toEqual([4, 2]);
  expect(distance(task.gradients, both.gradients)).toBeGreaterThan(1e-5);
  expect(task.gradients['critic.0.weight']?.data.every((value) => value === 0)).toBe(true);
});

test(
  'a filler row changes nothing',
  async () => {
    const [rows, length] = fixture.shape;
    const longer = <Values extends Float32Array | Int32Array>(values: Values, into: Values): Values => {
      into.set(values);
      into.set(values.subarray(0, values.length / rows), values.length);
      return into;
    };
    const inputs: LabelledInputs = {
      ids: intTensor(longer(batch.ids.data, new Int32Array((rows + 1) * length)), [rows + 1, length]),
      typeIds: intTensor(longer(batch.typeIds.data, new Int32Array((rows + 1) * length)), [rows + 1, length]),
      mask: floatTensor(longer(batch.mask.data, new Float32Array((rows + 1) * length)), [rows + 1, length]),
      labels: intTensor(longer(batch.labels.data, new Int32Array(rows + 1)), [rows + 1]),
      weights: floatTensor(
        Float32Array.from({ length: rows + 1 }, (_, row) => Number(row < rows)),
        [rows + 1],
      ),
    };
    for (const settings of scripted) {
      const [with_, without] = [await stepOf(settings, { inputs }), await stepOf(settings)];
      expect(with_.loss).toBeCloseTo(without.loss, 5);
      expect(distance(with_.gradients, without.gradients)).toBeLessThan(1e-5);
    }
  },
  patience,
);

test.each(['r4f', 'smart-paper', 'infobert'] as const)(
  'a run with %s that was stopped goes on to the same bits as one that was not',
  async (name) => {
    const executor = executorOf();
    const indexed = { ...batch, indices: [0, 1, 2] };
    const run = async (folder: string, stopAfter: number): Promise<NamedTensors> => {
      const stop = new AbortController();
      const { model: trained } = await train({
        ...{ executor, model, folder, seed: 1, checkpointEvery: 1, signal: stop.signal },
        trainBatches: () => [indexed, indexed, indexed],
        validationBatches: [indexed],
        spec: trainingSchema.parse({ objective: { name }, epochs: 2, optimizer: { learningRate: 1e-2 } }),
        onStep: (_record, { done }) => {
          if (done === stopAfter) stop.abort();
        },
      });
      return trained.parameters;
    };
    const [straight, resumed] = [await temporaryFolder(), await temporaryFolder()];
    const expected = await run(straight, Infinity);
    await run(resumed, 2);
    expect(distance(await run(resumed, Infinity), expected)).toBe(0);
    expect(distance(expected, model.parameters)).toBeGreaterThan(1e-3);
    expect(Object.keys(expected).sort()).toEqual(Object.keys(model.parameters).sort());
  },
  patience,
);

const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'im-bert-objectives-'));

test.each([
  ['one set of masks', true],
  ['sets of their own', false],
])("FreeLB's passes have %s where sharedDropout is %p", async (_, sharedDropout) => {
  const { passes } = await stepOf({ name: 'freelb', passes: 2, sharedDropout }, { dropout: true });
  const [first, second] = passes.map(({ dropout }) => dropout?.mask('site', 64, 0.5));
  if (sharedDropout) expect(second).toEqual(first);
  else expect(second).not.toEqual(first);
});

test("SMART's average follows with its first momentum for a tenth of the run, with its later one from there on", async () => {
  const settings = { name: 'smart-paper', momentum: 0.75, laterMomentum: 0.5 } as const;
  const own = model.parameters['classifier.weight']?.data ?? new Float32Array();
  for (const [progress, share] of [
    [0.09, 0.25],
    [0.1, 0.5],
    [0.4, 0.5],
  ] as const) {
    const memory = buffersLike(model.parameters);
    await stepOf(settings, { progress, memory });
    expect(memory['classifier.weight']?.data).toEqual(own.map((weight) => share * weight));
  }
});
