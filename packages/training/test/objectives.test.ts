import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floatTensor, intTensor, randomStream, type RandomStream } from '@im-bert/core';
import { createEngine, type Engine } from '@im-bert/jit';
import {
  connectionSchema,
  createExecutor,
  type Executor,
  type LabelledInputs,
  loadModel,
  type Model,
  type NamedTensors,
  openSafetensors,
  type PassOptions,
  type TrainingPass,
} from '@im-bert/models';
import { createObjective, objectiveSchema, seededDropout, train, trainingSchema } from '@im-bert/training';
import { z } from 'zod';
import { divergenceFromAnchor } from '../src/objectives/divergence.ts';
import { contrast, freshCritic } from '../src/objectives/info-nce.ts';
import { exampleNorms } from '../src/objectives/perturbation.ts';

// Made by tools/parity/objective_steps.py: one step of each objective on a tiny BERT, in PyTorch.
const folder = fileURLToPath(new URL('./fixtures/objectives', import.meta.url));
const numbers = z.array(z.number());
const fixtureSchema = z.object({
  shape: z.tuple([z.number(), z.number()]),
  inputs: z.object({
    input_ids: numbers,
    token_type_ids: numbers,
    attention_mask: numbers,
    labels: numbers,
  }),
  losses: z.record(z.string(), z.number()),
  noise: z.record(z.string(), numbers),
});

const fixture = fixtureSchema.parse(JSON.parse(readFileSync(`${folder}/steps.json`, 'utf8')));
const batch: LabelledInputs = {
  ids: intTensor(Int32Array.from(fixture.inputs.input_ids), fixture.shape),
  typeIds: intTensor(Int32Array.from(fixture.inputs.token_type_ids), fixture.shape),
  mask: floatTensor(Float32Array.from(fixture.inputs.attention_mask), fixture.shape),
  labels: intTensor(Int32Array.from(fixture.inputs.labels), [fixture.shape[0]]),
  weights: floatTensor(new Float32Array(fixture.shape[0]).fill(1), [fixture.shape[0]]),
};

/** Milliseconds for a test that compiles several graphs, on a machine that does other work too. */
const patience = 60_000;

let engine: Engine;
let model: Model;
beforeAll(async () => {
  engine = await createEngine('onnx', { threads: 1 });
  model = await loadModel(folder, { seed: 0 });
});
const executors = new Map<string, Executor>();
afterAll(async () => {
  for (const executor of executors.values()) await executor.dispose();
  await engine.dispose();
});

/** One executor for all steps of a kind; dropout at that rate (the checkpoint's is 0, as no two libraries draw the same masks). */
function executorOf(
  connection: z.input<typeof connectionSchema> = {},
  mode: 'whole' | 'chain' = 'whole',
  rate = 0,
): Executor {
  const key = JSON.stringify([connection, mode, rate]);
  const { config, labels } = model;
  const rates = { hiddenDropout: rate, attentionDropout: rate, classifierDropout: rate };
  const structure = {
    labels,
    config: { ...config, ...rates },
    connection: connectionSchema.parse(connection),
  };
  const executor = executors.get(key) ?? createExecutor(engine, structure, { mode });
  executors.set(key, executor);
  return executor;
}

/** Gives the fixture's numbers one after the other, whatever the distribution; a shuffle sorts by them. */
function replay(values: readonly number[]): RandomStream {
  let place = 0;
  const next = (): number => values[place++] ?? NaN;
  return {
    ...{ ...randomStream(0, 'unused'), uniform: next, normal: next },
    integer: (bound) => Math.floor(next() * bound),
    shuffle: (items) =>
      items
        .map((item) => ({ item, key: next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item),
  };
}

function buffersLike(parameters: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { data, shape }]) => [
      name,
      floatTensor(new Float32Array(data.length), shape),
    ]),
  );
}

/** Largest difference between two sets of tensors. */
function distance(a: NamedTensors, b: NamedTensors): number {
  return Math.max(
    ...Object.entries(a).flatMap(([name, { data }]) =>
      Array.from(data, (value, at) => Math.abs(value - (b[name]?.data[at] ?? NaN))),
    ),
  );
}

interface Step {
  readonly loss: number;
  readonly gradients: NamedTensors;
  /** What each pass was asked for, and gave. */
  readonly passes: readonly (PassOptions & {
    readonly outcome: TrainingPass;
    readonly gradients: NamedTensors;
  })[];
}

interface StepOptions {
  readonly connection?: z.input<typeof connectionSchema>;
  readonly mode?: 'whole' | 'chain';
  readonly noise?: RandomStream;
  readonly memory?: NamedTensors;
  /** In place of the weights that the objective begins with. */
  readonly own?: NamedTensors;
  readonly dropout?: boolean;
  readonly inputs?: LabelledInputs;
}

/** One step of an objective, every pass of the executor noted. */
async function stepOf(settings: z.input<typeof objectiveSchema>, options: StepOptions = {}): Promise<Step> {
  const executor = executorOf(options.connection, options.mode, options.dropout === true ? 0.1 : 0);
  const passes: Step['passes'][number][] = [];
  const spy: Executor = {
    labels: executor.labels,
    logits: (...args) => executor.logits(...args),
    states: (...args) => executor.states(...args),
    dispose: () => executor.dispose(),
    lossAndGradients: async (weights, inputs, pass) => {
      const outcome = await executor.lossAndGradients(weights, inputs, pass);
      const perturbation =
        pass.perturbation && floatTensor(pass.perturbation.data.slice(), pass.perturbation.shape);
      passes.push({
        ...pass,
        ...(perturbation ? { perturbation } : {}),
        outcome: { ...outcome, embeddingGradient: copy(outcome.embeddingGradient) },
        gradients: Object.fromEntries(
          Object.entries(pass.into).map(([name, tensor]) => [name, copy(tensor)]),
        ),
      });
      return outcome;
    },
  };
  const objective = createObjective(objectiveSchema.parse(settings));
  const own = options.own ?? objective.initialWeights?.(model.parameters, randomStream(1, 'objective'));
  const parameters = { ...model.parameters, ...own };
  const gradients = buffersLike(parameters);
  const { loss } = await objective.step({
    executor: spy,
    parameters,
    batch: options.inputs ?? batch,
    dropout: (pass) =>
      options.dropout === true
        ? seededDropout(1, 0, pass)
        : { mask: (_site, count) => new Uint8Array(count).fill(1) },
    noise: options.noise ?? randomStream(1, 'noise'),
    memory: options.memory ?? objective.initialMemory?.(parameters) ?? {},
    progress: 0,
    into: gradients,
  });
  return { loss, gradients, passes };
}

const copy = ({ data, shape }: TrainingPass['logits']): TrainingPass['logits'] =>
  floatTensor(data.slice(), shape);

/** The settings that the script uses. */
const scripted: readonly z.input<typeof objectiveSchema>[] = [
  { name: 'freelb', passes: 3, ascentRate: 0.4, initialMagnitude: 0.8, radius: 0.5 },
  { name: 'smart-code', ascentRate: 0.5, deviation: 0.1, guard: 0.3, weight: 0.7 },
  {
    ...{ name: 'smart-paper', ascentRate: 0.05, deviation: 0.1, radius: 0.08 },
    ...{ smoothness: 0.7, proximity: 0.4, momentum: 0.9 },
  },
  { name: 'r3f', scale: 0.3, weight: 0.8 },
  { name: 'r4f', scale: 0.3, weight: 0.8 },
  { name: 'creat', ascentRate: 0.4, radius: 0.6, temperature: 0.5, initialDeviation: 0.2 },
  {
    ...{ name: 'infobert', passes: 2, ascentRate: 0.4, initialMagnitude: 0.8, radius: 0.5 },
    ...{ bottleneck: 0.3, anchor: 0.7, lowestRank: 0.2, highestRank: 0.9, criticWidth: 6 },
  },
];

/** The memory that the script's steps find. */
function scriptedMemory(name: string): NamedTensors | undefined {
  if (name === 'r4f')
    return {
      left: floatTensor(Float32Array.from([1, 2, 3], Math.cos), [3]),
      right: floatTensor(new Float32Array(8), [8]),
    };
  if (name !== 'smart-paper') return undefined;
  return Object.fromEntries(
    Object.entries(model.parameters).map(([key, { data, shape }]) => [
      key,
      floatTensor(
        data.map((value) => 0.8 * value),
        shape,
      ),
    ]),
  );
}

describe.each(scripted)('$name', (settings) => {
  test.each(['whole', 'chain'] as const)('agrees with PyTorch, as a %s', async (mode) => {
    const { name } = settings;
    const memory = scriptedMemory(name);
    const options = {
      mode,
      ...(memory ? { memory } : {}),
      ...(name === 'infobert' ? { own: await critic() } : {}),
    };
    await expectPytorchStep(name, settings, options);
  });

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

test.each(['whole', 'chain'] as const)('FreeLB on IM-BERT agrees with PyTorch, as a %s', async (mode) => {
  const solver = { name: 'gradient-descent', iterations: 2, stepSize: 0.05 } as const;
  const connection = { kind: 'implicit', solver, gradient: { name: 'detached' } } as const;
  const [settings] = scripted;
  await expectPytorchStep('freelb-implicit', settings ?? standard, { mode, connection });
});

/** Expects the step that the script took, with its random numbers, to give the script's loss and gradients. */
async function expectPytorchStep(
  name: string,
  settings: z.input<typeof objectiveSchema>,
  options: StepOptions,
): Promise<void> {
  const noise = replay(fixture.noise[name] ?? []);
  const { loss, gradients } = await stepOf(settings, { ...options, noise });
  expect(loss).toBeCloseTo(fixture.losses[name] ?? NaN, 4);
  const expected = await storedTensors(name, Object.keys(gradients));
  expect(distance(gradients, expected)).toBeLessThan(1e-4);
}

/** The weights that InfoBERT's critic has in the script. */
const critic = (): Promise<NamedTensors> =>
  storedTensors('infobert-critic', Object.keys(freshCritic(8, 6, randomStream(0, 'unused'))));

/** Tensors of one of the script's files. */
async function storedTensors(stem: string, names: readonly string[]): Promise<NamedTensors> {
  const file = await openSafetensors(`${folder}/${stem}.safetensors`);
  const read = async (name: string): Promise<readonly [string, TrainingPass['logits']]> => {
    const stored = [`bert.${name}`, name].find((candidate) => file.entries.has(candidate)) ?? name;
    return [name, await file.read(stored)];
  };
  const tensors: NamedTensors = Object.fromEntries(await Promise.all(names.map(read)));
  await file.close();
  return tensors;
}

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
