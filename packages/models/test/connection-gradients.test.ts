import { type FloatTensor, randomStream, type RandomStream } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, loadModel, type Model } from '@im-bert/models';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { largestDifference } from './support/batches.ts';
import { lossOn, stepOn } from './support/engine-step.ts';
import { expectedOf, fixture, type LabelledInputs, readAll } from './support/fixtures.ts';

const caseSchema = z.object({
  family: z.enum(['bert', 'roberta']),
  loss: z.number(),
  logits: z.array(z.array(z.number())),
  relative_residual: z.array(z.array(z.number())),
  case: z.object({
    layers: z.array(z.number()),
    iterations: z.number(),
    eulerStep: z.number(),
    theta: z.number(),
    phi: z.string(),
    maskResidual: z.boolean(),
    solver: z.enum(['gradient-descent', 'picard', 'anderson']),
    stepSize: z.number(),
    gradient: z.string(),
    damping: z.number(),
    memory: z.number(),
    mixing: z.number(),
    regularisation: z.number(),
    steps: z.number(),
    phantomDamping: z.number(),
  }),
});

type Case = z.output<typeof caseSchema>;

function connectionOf({ case: options }: Case) {
  const { iterations, stepSize, damping, memory, mixing, regularisation } = options;
  const solvers = {
    'gradient-descent': { stepSize },
    picard: { damping },
    anderson: { memory, mixing, regularisation },
  };
  const gradients: Record<string, object> = {
    phantom: { steps: options.steps, damping: options.phantomDamping },
    implicit: { iterations: 14 },
  };
  return connectionSchema.parse({
    kind: 'implicit',
    layers: options.layers,
    eulerStep: options.eulerStep,
    theta: options.theta,
    phi: options.phi,
    maskResidual: options.maskResidual,
    solver: { name: options.solver, iterations, ...solvers[options.solver] },
    gradient: { name: options.gradient, ...gradients[options.gradient] },
  });
}

interface Loaded {
  readonly expected: Case;
  readonly model: Model;
  readonly inputs: LabelledInputs;
  readonly gradients: Readonly<Record<string, FloatTensor>>;
}

async function load(name: string): Promise<Loaded> {
  const path = fixture(`connections/${name}`);
  const expected = caseSchema.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')));
  const { inputs } = await expectedOf(expected.family);
  const model = await loadModel(fixture(expected.family), { seed: 1, connection: connectionOf(expected) });
  const stored = Object.entries(await readAll(`${path}.safetensors`));
  const named = stored.map(([key, value]) => [key.replace(/^(bert|roberta)\./, ''), value] as const);
  return { expected, model, inputs, gradients: Object.fromEntries(named) };
}

/** ||a - b|| / ||b|| over all parameters together. */
function relativeDifference(
  a: Readonly<Record<string, FloatTensor>>,
  b: Readonly<Record<string, FloatTensor>>,
): number {
  let [difference, size] = [0, 0];
  for (const [name, { data }] of Object.entries(b))
    data.forEach((value, index) => {
      difference += ((a[name]?.data[index] ?? NaN) - value) ** 2;
      size += value ** 2;
    });
  return Math.sqrt(difference / size);
}

const cases = [
  'descent-unrolled',
  'descent-detached',
  'descent-second-layer',
  'descent-literal',
  'descent-phantom',
  'picard-unrolled',
  'picard-implicit',
  'anderson-unrolled',
  'theta-descent-unrolled',
  'theta-anderson-unrolled',
  'theta-picard-implicit',
  'roberta-descent-unrolled',
  'roberta-anderson-unrolled',
];

const engines = ['tfjs', 'onnx'] as const;

async function withEngine<Result>(
  name: (typeof engines)[number],
  use: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await createEngine(name, { threads: 1 });
  try {
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}

describe.each(engines)('on the %s engine', (engineName) => {
  test.each(cases)(
    '%s: loss, residuals and gradients are those of an independent PyTorch version',
    async (name) => {
      const { expected, model, inputs, gradients } = await load(name);
      const step = await withEngine(engineName, (engine) => stepOn(engine, model, inputs));
      expect(largestDifference(step.logits, expected.logits)).toBeLessThan(1e-5);
      expect(largestDifference(step.endResidual, expected.relative_residual)).toBeLessThan(1e-5);
      expect(step.loss).toBeCloseTo(expected.loss, 5);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(model.parameters).sort());
      expect(relativeDifference(step.gradients, gradients)).toBeLessThan(1e-4);
    },
    60_000,
  );
});

test('the detached and the unrolled gradient differ by far more than the tolerance of these tests', async () => {
  const [detached, unrolled] = [await load('descent-detached'), await load('descent-unrolled')];
  expect(relativeDifference(detached.gradients, unrolled.gradients)).toBeGreaterThan(0.05);
});

type Direction = Readonly<Record<string, Float32Array>>;

function randomDirection({ parameters }: Model, random: RandomStream): Direction {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { data }]) => [name, data.map(() => random.normal())]),
  );
}

function productOf(gradients: Readonly<Record<string, FloatTensor>>, direction: Direction): number {
  return Object.entries(gradients).reduce(
    (sum, [name, { data }]) =>
      data.reduce((inner, value, index) => inner + value * (direction[name]?.[index] ?? 0), sum),
    0,
  );
}

/** The model moved along a direction by `distance`. */
function moved(model: Model, direction: Direction, distance: number): Model {
  const parameters = Object.entries(model.parameters).map(([name, value]) => {
    const data = value.data.map((number, index) => number + distance * (direction[name]?.[index] ?? 0));
    return [name, { ...value, data }] as const;
  });
  return { ...model, parameters: Object.fromEntries(parameters) };
}

test.each([
  'descent-unrolled',
  'picard-unrolled',
  'anderson-unrolled',
  'theta-descent-unrolled',
  'roberta-descent-unrolled',
])(
  '%s: the gradient equals finite differences along random directions',
  async (name) => {
    const { model, inputs } = await load(name);
    await withEngine('onnx', async (engine) => {
      const { gradients } = await stepOn(engine, model, inputs);
      const loss = lossOn(engine, model);
      const random = randomStream(5, 'directions');
      for (let round = 0; round < 4; round++) {
        const direction = randomDirection(model, random);
        const slope = productOf(gradients, direction);
        const slopeOver = async (step: number): Promise<number> => {
          const [ahead, behind] = [moved(model, direction, step), moved(model, direction, -step)];
          return ((await loss(ahead, inputs)) - (await loss(behind, inputs))) / (2 * step);
        };
        const [near, far] = [await slopeOver(3e-4), await slopeOver(6e-4)]; // their error is of order step², and cancels
        expect(Math.abs((4 * near - far) / 3 - slope)).toBeLessThan(3e-3 * Math.max(1, Math.abs(slope)));
      }
    });
  },
  60_000,
);
