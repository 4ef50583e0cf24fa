import '@tensorflow/tfjs-backend-cpu';
import { connectionSchema, type Model, randomModel } from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf, largestDifference } from './support/batches.ts';
import { forward } from './support/eager.ts';
import { ruledMasks } from './support/ruled-masks.ts';
import { tinyConfig } from './support/tiny.ts';

const rows = [
  [2, 9, 5, 7, 11, 3],
  [2, 6, 3],
  [2, 14, 8, 21, 3],
];

const solvers = {
  'gradient-descent': { name: 'gradient-descent', iterations: 4, stepSize: 0.05 },
  'spectral descent': { name: 'gradient-descent', iterations: 3, stepRule: { name: 'spectral' } },
  'Cauchy descent': { name: 'gradient-descent', iterations: 3, stepRule: { name: 'cauchy' } },
  'Barzilai-Borwein descent': {
    name: 'gradient-descent',
    iterations: 4,
    stepRule: { name: 'barzilai-borwein' },
  },
  'backtracking descent': { name: 'gradient-descent', iterations: 3, stepRule: { name: 'backtracking' } },
  picard: { name: 'picard', iterations: 5 },
  anderson: { name: 'anderson', iterations: 5 },
} as const;
const names = Object.keys(solvers) as (keyof typeof solvers)[];

function modelWith(
  options: Parameters<typeof connectionSchema.parse>[0],
  family: 'bert' | 'roberta' = 'bert',
): Model {
  const connection = connectionSchema.parse({ kind: 'implicit', ...(options as object) });
  const padId = family === 'bert' ? 0 : 1;
  const tokenTypes = family === 'bert' ? 2 : 1;
  return randomModel({ config: { ...tinyConfig, family, padId, tokenTypes }, connection, labels: 3 }, 5);
}

const tolerance = 2e-5; // float32 sums in another order

function expectPaddingNotToMatter(model: Model): void {
  const { padId } = model.config;
  const tight = forward(model, batchOf(rows, { padId }));
  const padded = forward(model, batchOf(rows, { padId, length: 8 }));
  expect(largestDifference(padded.logits, tight.logits)).toBeLessThan(tolerance);
  expect(largestDifference(padded.relative.flat(), tight.relative.flat())).toBeLessThan(tolerance);
}

test.each(names)('%s: padding does not change a row', (name) => {
  expectPaddingNotToMatter(modelWith({ solver: solvers[name] }));
});

test.each([
  { kind: 'explicit', eulerStep: 100 },
  { eulerStep: 100 },
  { eulerStep: 100, solver: solvers.picard },
  { eulerStep: 100, solver: solvers.anderson },
  { solver: { name: 'gradient-descent', stepSize: 2 } },
])('padding has no weight at all, however large the states grow: %j', (options) => {
  const model = modelWith(options);
  const tight = forward(model, batchOf(rows, { padId: 0 }));
  for (const length of [7, 11]) {
    const padded = forward(model, batchOf(rows, { padId: 0, length }));
    expect(padded).toEqual(tight); // to the bit: the cpu backend adds in the order of the tokens
  }
});

test('padding does not change a row of RoBERTa, whose positions depend on it', () => {
  expectPaddingNotToMatter(modelWith({ solver: solvers.anderson }, 'roberta'));
});

test('negative control: the literal residual, padding included, does change with padding', () => {
  const model = modelWith({ solver: solvers['gradient-descent'], maskResidual: false });
  const { padId } = model.config;
  const tight = forward(model, batchOf(rows, { padId }));
  const padded = forward(model, batchOf(rows, { padId, length: 8 }));
  expect(largestDifference(padded.logits, tight.logits)).toBeGreaterThan(100 * tolerance);
});

test.each(names)('%s: a row does not depend on the others in its batch, nor on their order', (name) => {
  const model = modelWith({ solver: solvers[name] });
  const { padId } = model.config;
  const together = forward(model, batchOf(rows, { padId })).logits;
  const alone = rows.map((row) => forward(model, batchOf([row], { padId, length: 6 })).logits[0] ?? []);
  expect(largestDifference(alone, together)).toBeLessThan(tolerance);
  const turned = forward(model, batchOf([...rows].reverse(), { padId })).logits;
  expect(largestDifference([...turned].reverse(), together)).toBeLessThan(tolerance);
});

test('no iterations give the explicit model, and layers left out stay as BERT has them', () => {
  const inputs = batchOf(rows, { padId: 0 });
  const logits = (options: object): readonly (readonly number[])[] =>
    forward(modelWith(options), inputs).logits;
  for (const name of ['gradient-descent', 'picard', 'anderson'])
    expect(logits({ solver: { name, iterations: 0 } })).toEqual(logits({ kind: 'explicit' }));
  expect(logits({ layers: '2', elsewhere: 'explicit', solver: { name: 'picard', iterations: 0 } })).toEqual(
    logits({ kind: 'explicit' }),
  );
  expect(
    largestDifference(logits({ kind: 'explicit', layers: '2' }), logits({ kind: 'explicit' })),
  ).toBeGreaterThan(1e-3);
  expect(
    largestDifference(logits({ kind: 'explicit', layers: '2' }), logits({ kind: 'monotone' })),
  ).toBeGreaterThan(1e-3);
});

test.each(['picard', 'anderson'] as const)('%s lowers the residual of every layer and example', (name) => {
  const { relative } = forward(modelWith({ solver: solvers[name] }), batchOf(rows, { padId: 0 }));
  expect(relative).toHaveLength(2);
  for (const layer of relative) {
    expect(layer).toHaveLength(6); // the start and five iterations
    layer[0]?.forEach((first, example) => {
      expect(layer.at(-1)?.[example]).toBeLessThan(0.6 * first);
    });
  }
});

test('dropout masks: shared within a solve, fresh for each iteration, or off there, as the specification says', () => {
  const inputs = batchOf(rows, { padId: 0 });
  const residuals = (dropout: string) => {
    const model = modelWith({ solver: { name: 'picard', iterations: 4 }, dropout });
    return forward(model, inputs, ruledMasks(model, 3, 6)).relative.flat();
  };
  const [shared, fresh, off] = [residuals('shared'), residuals('fresh'), residuals('off')];
  expect(largestDifference(shared, fresh)).toBeGreaterThan(1e-2);
  expect(largestDifference(shared, off)).toBeGreaterThan(1e-2);
  // One equation can be solved; one that changes with every iteration can not.
  const last = (relative: readonly (readonly number[])[]): number => Math.max(...(relative[4] ?? []));
  expect(last(shared)).toBeLessThan(0.15);
  expect(last(fresh)).toBeGreaterThan(last(shared));
});

test('a forward pass leaves no tensor behind', () => {
  const model = modelWith({ solver: solvers.anderson });
  const inputs = batchOf(rows, { padId: 0 });
  const before = tf.memory().numTensors;
  forward(model, inputs);
  expect(tf.memory().numTensors).toBe(before);
});
