import { bernoulliMask, type FloatTensor, floatTensor, intTensor, randomStream } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  createExecutor,
  crossEntropyOf,
  type DropoutSource,
  type ExecutorOptions,
  type LabelledInputs,
  type LossFunction,
  type Model,
  type NamedTensors,
  type TrainingPass,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { batch, type Connection, labels, length, model, rows } from './support/executor-case.ts';
import { tinyConfig } from './support/tiny.ts';

/** Milliseconds for a test that compiles several graphs, on a machine that does other work too. */
const patience = 60_000;

const dropout: DropoutSource = {
  mask: (site, count, keepProbability) => bernoulliMask(7, site, 0, count, keepProbability),
};

function zerosLike(tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      floatTensor(new Float32Array(data.length), shape),
    ]),
  );
}

interface Outcome extends TrainingPass {
  readonly gradients: NamedTensors;
}

async function step(
  engine: Engine,
  { parameters, ...structure }: Model,
  mode: NonNullable<ExecutorOptions['mode']>,
  options: { dropout?: DropoutSource | null; perturbation?: FloatTensor } = {},
  inputs = batch,
): Promise<Outcome> {
  const executor = createExecutor(engine, structure, { mode });
  const gradients = zerosLike(parameters);
  const pass = await executor.lossAndGradients(parameters, inputs, { dropout, ...options, into: gradients });
  await executor.dispose();
  return { ...pass, gradients };
}

/** Largest difference of two sets of tensors, relative to the largest value of the set. */
function distance(a: NamedTensors, b: NamedTensors): number {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  const values = (set: NamedTensors): number[] => Object.values(set).flatMap(({ data }) => [...data]);
  const [left, right] = [values(a), values(b)];
  const size = Math.max(...left.map(Math.abs));
  return Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? NaN)))) / size;
}

let [onnx, tfjs]: [Engine?, Engine?] = [];
const engines = async (): Promise<[Engine, Engine]> => [
  (onnx ??= await createEngine('onnx', { threads: 1 })),
  (tfjs ??= await createEngine('tfjs', { backend: 'cpu' })),
];
afterAll(async () => {
  await onnx?.dispose();
  await tfjs?.dispose();
});

const solver = { name: 'gradient-descent', iterations: 2, stepSize: 0.02 } as const;
const connections: Record<string, Connection> = {
  monotone: { kind: 'monotone' },
  explicit: { kind: 'explicit' },
  'implicit, detached': { kind: 'implicit', solver },
  'implicit, unrolled': { kind: 'implicit', solver, gradient: { name: 'unrolled' } },
  'implicit, unrolled, masks of its own each iteration': {
    kind: 'implicit',
    solver,
    gradient: { name: 'unrolled' },
    dropout: 'fresh',
  },
  'implicit, without dropout inside': { kind: 'implicit', solver, dropout: 'off' },
  'implicit on one layer, by Anderson': {
    kind: 'implicit',
    layers: [2],
    solver: { name: 'anderson', iterations: 3 },
  },
};

describe.each(Object.entries(connections))('%s', (_, connection) => {
  test(
    'whole graph, chain of graphs and eager tfjs agree to rounding, dropout included',
    async () => {
      const [compiled, eager] = await engines();
      const tiny = model(connection);
      const whole = await step(compiled, tiny, 'whole');
      const others = [
        await step(compiled, tiny, 'chain'),
        await step(eager, tiny, 'whole'),
        await step(eager, tiny, 'chain'),
      ];
      for (const other of others) {
        expect(other.loss).toBeCloseTo(whole.loss, 5);
        expect(distance(whole.gradients, other.gradients)).toBeLessThan(1e-4);
        expect(distance({ e: whole.embeddingGradient }, { e: other.embeddingGradient })).toBeLessThan(1e-4);
        expect(other.residuals.map(({ layer }) => layer)).toEqual(whole.residuals.map(({ layer }) => layer));
        for (const [index, { relative }] of whole.residuals.entries())
          expect(
            distance({ relative }, { relative: other.residuals[index]?.relative ?? relative }),
          ).toBeLessThan(1e-4);
      }
    },
    patience,
  );
});

test(
  'the gradient by the words is that of the loss, perturbations included',
  async () => {
    const [engine] = await engines();
    const tiny = model({ kind: 'explicit' });
    const random = randomStream(3, 'perturbation');
    const values = (scale: number) =>
      Float32Array.from({ length: rows * length * tinyConfig.width }, () => scale * random.normal());
    const shape = [rows, length, tinyConfig.width];
    const [perturbation, direction] = [values(0.1), values(1)];
    const lossAt = async (offset: number): Promise<number> => {
      const moved = perturbation.map((value, index) => value + offset * (direction[index] ?? 0));
      return (await step(engine, tiny, 'whole', { perturbation: floatTensor(moved, shape) })).loss;
    };
    for (const mode of ['whole', 'chain'] as const) {
      const pass = await step(engine, tiny, mode, { perturbation: floatTensor(perturbation, shape) });
      const slope = pass.embeddingGradient.data.reduce(
        (sum, value, index) => sum + value * (direction[index] ?? 0),
        0,
      );
      expect(slope).toBeCloseTo(((await lossAt(5e-3)) - (await lossAt(-5e-3))) / 1e-2, 3);
    }
  },
  patience,
);

test(
  'a batch without filler rows gives the loss and gradients of the one with them',
  async () => {
    const [engine] = await engines();
    const tiny = model({ kind: 'implicit', solver });
    const real = (tensor: { data: Float32Array | Int32Array }) =>
      tensor.data.subarray(0, (tensor.data.length / rows) * 2);
    const smaller: LabelledInputs = {
      ids: intTensor(Int32Array.from(real(batch.ids)), [2, length]),
      typeIds: intTensor(Int32Array.from(real(batch.typeIds)), [2, length]),
      mask: floatTensor(Float32Array.from(real(batch.mask)), [2, length]),
      labels: intTensor(Int32Array.from(real(batch.labels)), [2]),
      weights: floatTensor(Float32Array.of(1, 1), [2]),
    };
    const [filled, bare] = [
      await step(engine, tiny, 'whole', { dropout: null }),
      await step(engine, tiny, 'whole', { dropout: null }, smaller),
    ];
    expect(bare.loss).toBeCloseTo(filled.loss, 6);
    expect(distance(filled.gradients, bare.gradients)).toBeLessThan(2e-5);
  },
  patience,
);

test(
  'predictions agree between the modes, and between the batch and its rows alone',
  async () => {
    const [engine] = await engines();
    const { parameters, ...structure } = model({ kind: 'implicit', solver });
    const [whole, chain] = (['whole', 'chain'] as const).map((mode) =>
      createExecutor(engine, structure, { mode }),
    );
    const [expected, actual] = [
      await whole?.logits(parameters, batch),
      await chain?.logits(parameters, batch),
    ];
    if (expected === undefined || actual === undefined) throw new Error('two executors');
    expect(distance({ logits: expected.logits }, { logits: actual.logits })).toBeLessThan(1e-5);
    expect(actual.residuals.map(({ layer, relative }) => [layer, relative.shape])).toEqual([
      [1, [solver.iterations + 1, rows]],
      [2, [solver.iterations + 1, rows]],
    ]);
  },
  patience,
);

test.each(['whole', 'chain'] as const)(
  'a batch that goes through the %s in groups of rows gives what it gives in one',
  async (mode) => {
    const [engine] = await engines();
    const tiny = model({ kind: 'implicit', layers: [1], solver });
    const { parameters, ...structure } = tiny;
    const outcomes = await Promise.all(
      [rows * length, length].map(async (tokensAtOnce) => {
        const executor = createExecutor(engine, structure, { mode, tokensAtOnce });
        const gradients = zerosLike(parameters);
        const pass = await executor.lossAndGradients(parameters, batch, { dropout, into: gradients });
        const { logits, residuals } = await executor.logits(parameters, batch);
        return { pass, gradients, logits, residuals };
      }),
    );
    const [one, groups] = outcomes;
    if (one === undefined || groups === undefined) throw new Error('two outcomes');
    expect(groups.pass.loss).toBeCloseTo(one.pass.loss, 5);
    expect(distance(one.gradients, groups.gradients)).toBeLessThan(2e-5);
    const tensors = ({ pass, logits, residuals }: typeof one): NamedTensors => ({
      ...{ words: pass.embeddingGradient, trained: pass.logits, logits },
      ...{ before: pass.residuals[0]?.relative ?? logits, after: residuals[0]?.relative ?? logits },
    });
    for (const [name, tensor] of Object.entries(tensors(one)))
      expect(distance({ tensor }, { tensor: tensors(groups)[name] ?? tensor })).toBeLessThan(1e-4);
  },
  patience,
);

/** Cross-entropy and each row's logits times the spread of its h_0. */
const readsEmbedded: LossFunction = {
  name: 'reads h_0',
  readsEmbedded: true,
  evaluate: ({ logits, embedded = tf.scalar(NaN) }, { targets }) => {
    const spread = tf.mean(tf.square(embedded), [1, 2]);
    return tf.add(crossEntropyOf(logits, targets), tf.sum(tf.mul(tf.sum(logits, 1), spread)));
  },
};

test(
  'a loss may read h_0: as a whole, in groups of rows and as a chain it gives the same',
  async () => {
    const [engine] = await engines();
    const { parameters, ...structure } = model({ kind: 'implicit', layers: [1], solver });
    const targets = floatTensor(Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0), [rows, labels]);
    const run = async (options: ExecutorOptions) => {
      const executor = createExecutor(engine, structure, options);
      const gradients = zerosLike(parameters);
      const pass = await executor.lossAndGradients(parameters, batch, {
        ...{ dropout, into: gradients, loss: { of: readsEmbedded, inputs: { targets } } },
      });
      await executor.dispose();
      return { ...pass, gradients };
    };
    const whole = await run({ mode: 'whole' });
    expect(whole.embedded?.shape).toEqual([rows, length, tinyConfig.width]);
    for (const options of [{ mode: 'chain' }, { mode: 'whole', tokensAtOnce: length }] as const) {
      const other = await run(options);
      expect(other.loss).toBeCloseTo(whole.loss, 4);
      expect(distance(whole.gradients, other.gradients)).toBeLessThan(1e-4);
      expect(distance({ e: whole.embeddingGradient }, { e: other.embeddingGradient })).toBeLessThan(1e-4);
      expect(other.embedded?.data.length).toBe(whole.embedded?.data.length);
      other.embedded?.data.forEach((value, at) => {
        expect(value).toBeCloseTo(whole.embedded?.data[at] ?? NaN, 5);
      });
    }
  },
  patience,
);

test.each(['whole', 'chain'] as const)(
  'a prediction by the %s without residuals has the same logits',
  async (mode) => {
    const [engine] = await engines();
    const { parameters, ...structure } = model({ kind: 'implicit', layers: [1], solver });
    const executor = createExecutor(engine, structure, { mode });
    const measured = await executor.logits(parameters, batch);
    const bare = await executor.logits(parameters, batch, { residuals: false });
    expect(measured.residuals).toHaveLength(1);
    expect(bare.residuals).toEqual([]);
    expect(distance({ logits: measured.logits }, { logits: bare.logits })).toBeLessThan(1e-6);
    await executor.dispose();
  },
  patience,
);
