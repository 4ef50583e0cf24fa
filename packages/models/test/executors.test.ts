import { bernoulliMask, type FloatTensor, floatTensor, intTensor } from '@im-bert/core';
import { createEngine, type Engine } from '@im-bert/jit';
import {
  connectionSchema,
  createExecutor,
  type DropoutSource,
  type ExecutionMode,
  type LabelledInputs,
  type Model,
  type NamedTensors,
  randomModel,
  type TrainingPass,
} from '@im-bert/models';
import { z } from 'zod';
import { tinyConfig } from './support/tiny.ts';

type Connection = z.input<typeof connectionSchema>;

const labels = 3;
const [rows, length] = [3, 5];

function model(connection: Connection, family: 'bert' | 'roberta' = 'bert'): Model {
  return randomModel(
    { config: { ...tinyConfig, family }, connection: connectionSchema.parse(connection), labels },
    1,
  );
}

/** Three rows, the second one padded, the third one a filler; the token 3 stands in several places. */
const batch: LabelledInputs = {
  ids: intTensor(Int32Array.of(2, 3, 4, 3, 5, 2, 3, 7, 0, 0, 2, 9, 9, 9, 5), [rows, length]),
  typeIds: intTensor(Int32Array.of(0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1), [rows, length]),
  mask: floatTensor(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1), [rows, length]),
  labels: intTensor(Int32Array.of(2, 0, 1), [rows]),
  weights: floatTensor(Float32Array.of(1, 1, 0), [rows]),
};

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
  mode: ExecutionMode,
  options: { dropout?: DropoutSource | null; perturbation?: FloatTensor } = {},
): Promise<Outcome> {
  const executor = createExecutor(engine, structure, { mode });
  const gradients = zerosLike(parameters);
  const pass = await executor.lossAndGradients(parameters, batch, { dropout, ...options, into: gradients });
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
  monotone: {},
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
  test('the chain of graphs agrees with the whole graph to rounding', async () => {
    const [engine] = await engines();
    const [whole, chain] = [
      await step(engine, model(connection), 'whole'),
      await step(engine, model(connection), 'chain'),
    ];
    expect(chain.loss).toBeCloseTo(whole.loss, 5);
    expect(distance(whole.gradients, chain.gradients)).toBeLessThan(2e-5);
    expect(distance({ e: whole.embeddingGradient }, { e: chain.embeddingGradient })).toBeLessThan(2e-5);
    expect(chain.residuals.map(({ layer }) => layer)).toEqual(whole.residuals.map(({ layer }) => layer));
    for (const [index, { relative }] of whole.residuals.entries())
      expect(distance({ relative }, { relative: chain.residuals[index]?.relative ?? relative })).toBeLessThan(
        1e-4,
      );
  });

  test('compiled graphs agree with tfjs run eagerly', async () => {
    const [compiled, eager] = await engines();
    for (const mode of ['whole', 'chain'] as const) {
      const [ours, reference] = [
        await step(compiled, model(connection), mode),
        await step(eager, model(connection), mode),
      ];
      expect(ours.loss).toBeCloseTo(reference.loss, 5);
      expect(distance(reference.gradients, ours.gradients)).toBeLessThan(1e-4);
    }
  });
});
