import { floatTensor, randomStream } from '@im-bert/core';
import { initialAdamState, type ObjectiveContext, seededDropout, trainingSchema } from '@im-bert/training';
import type { RunState } from '../src/run-state.ts';
import { createStepper } from '../src/step.ts';
import { logisticExecutor, logisticParameters } from './support/logistic-executor.ts';
import { toyBatches } from './support/toy-batches.ts';

const batches = toyBatches(7, randomStream(1, 'batches')); // the last of the second batch's four rows is a filler

/** Two steps of a run of four, on a layer whose relative residuals [2 iterations, 4 rows] are given. */
async function twoSteps(relative: readonly number[]) {
  const contexts: ObjectiveContext[] = [];
  const parameters = logisticParameters();
  const adam = initialAdamState(parameters);
  const state: RunState = { parameters, adam, memory: {}, steps: [], validations: [], best: null };
  const residual = floatTensor(Float32Array.from(relative), [2, 4]);
  const step = createStepper(logisticExecutor(), parameters, trainingSchema.parse({}), 5, 4, {
    step: (context) => {
      contexts.push(context);
      return Promise.resolve({ loss: 1, residuals: [{ layer: 3, absolute: residual, relative: residual }] });
    },
  });
  for (const batch of batches) state.steps.push(await step(state, batch, 0));
  return { contexts, records: state.steps };
}

test("a step's residual is the mean over the rows that are no fillers, iteration by iteration", async () => {
  const { records } = await twoSteps([1, 2, 3, 10, 0.5, 0.25, 0.75, 10]);
  expect(records[0]?.residuals).toEqual([{ layer: 3, byIteration: [4, 2.875] }]);
  expect(records[1]?.residuals).toEqual([{ layer: 3, byIteration: [2, 0.5] }]);
});

test('a residual that is no number is null in the record', async () => {
  const { records } = await twoSteps([NaN, 2, 3, 4, 1, 1, 1, 1]);
  expect(records[1]?.residuals).toEqual([{ layer: 3, byIteration: [null, 1] }]);
});

test('an objective is told the share of the run that is done, and gets masks and noise of its step', async () => {
  const { contexts } = await twoSteps(new Array<number>(8).fill(1));
  expect(contexts.map(({ progress }) => progress)).toEqual([0, 1 / 4]);
  contexts.forEach(({ dropout, noise }, step) => {
    expect(dropout(2).mask('site', 64, 0.5)).toEqual(seededDropout(5, step, 2).mask('site', 64, 0.5));
    expect(noise.uniform()).toBe(randomStream(5, `noise/${step}`).uniform());
  });
  const [first, second] = contexts.map(({ dropout }) => dropout(0).mask('site', 64, 0.5));
  expect(first).not.toEqual(second);
});

test.each([
  [1, 1 / 5],
  [5, 1],
  [6, 1],
  [null, 1],
])('gradients of norm 5 clipped at %p reach Adam times %p', async (clip, factor) => {
  const parameters = logisticParameters();
  const adam = initialAdamState(parameters);
  const state: RunState = { parameters, adam, memory: {}, steps: [], validations: [], best: null };
  const spec = trainingSchema.parse({ clip, optimizer: { beta1: 0.5 } });
  const step = createStepper(logisticExecutor(), parameters, spec, 1, 2, {
    step: ({ into }) => {
      into['bias']?.data.set([3, 4]);
      return Promise.resolve({ loss: 1, residuals: [] });
    },
  });
  for (const batch of batches.slice(0, 1))
    expect(await step(state, batch, 0)).toMatchObject({ gradientNorm: 5 });
  const [three = NaN, four = NaN] = adam.mean['bias']?.data ?? [];
  expect(three).toBeCloseTo(0.5 * 3 * factor, 6);
  expect(four).toBeCloseTo(0.5 * 4 * factor, 6);
});
