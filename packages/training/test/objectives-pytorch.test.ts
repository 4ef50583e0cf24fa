import { floatTensor, scaled } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { objectiveSchema } from '@im-bert/training';
import type { z } from 'zod';
import { mapTensors } from '../src/named-tensors.ts';
import {
  critic,
  distance,
  fixture,
  model,
  replay,
  scripted,
  stepOf,
  type StepOptions,
  storedTensors,
} from './support/objective-steps.ts';

/** The memory that the script's steps find. */
function scriptedMemory(name: string): NamedTensors | undefined {
  if (name === 'r4f')
    return {
      left: floatTensor(Float32Array.from([1, 2, 3], Math.cos), [3]),
      right: floatTensor(new Float32Array(8), [8]),
    };
  if (name !== 'smart-paper') return undefined;
  return mapTensors(model.parameters, (tensor) => scaled(tensor, 0.8));
}

/** The script's connections, by the part of a fixture's name after the objective's. */
const connections: Readonly<Record<string, NonNullable<StepOptions['connection']>>> = {
  '': { kind: 'monotone' },
  '-descent': {
    kind: 'implicit',
    solver: { name: 'gradient-descent', iterations: 2, stepSize: 0.05 },
    gradient: { name: 'detached' },
  },
  '-anderson': {
    kind: 'implicit',
    solver: { name: 'anderson', iterations: 3 },
    gradient: { name: 'unrolled' },
  },
};

type Settings = z.input<typeof objectiveSchema>;

/** The largest distance of a loss or gradient from those of the script's step, made with the script's random numbers. */
async function distanceFromPytorch(
  settings: Settings,
  suffix: string,
  mode: 'whole' | 'chain',
): Promise<number> {
  const { name } = settings;
  const memory = scriptedMemory(name);
  const { loss, gradients } = await stepOf(settings, {
    ...{
      mode,
      connection: connections[suffix] ?? { kind: 'monotone' },
      noise: replay(fixture.noise[name] ?? []),
    },
    ...(memory ? { memory } : {}),
    ...(name === 'infobert' ? { own: await critic() } : {}),
  });
  const expected = await storedTensors(`${name}${suffix}`, Object.keys(gradients));
  return Math.max(
    Math.abs(loss - (fixture.losses[`${name}${suffix}`] ?? NaN)),
    distance(gradients, expected),
  );
}

const standard: Settings = { name: 'standard' };
const steps = [standard, ...scripted].flatMap((settings) =>
  Object.keys(connections)
    .filter((suffix) => `${settings.name}${suffix}` in fixture.losses)
    .map((suffix) => ({ fixture: `${settings.name}${suffix}`, settings, suffix })),
);

test('the script has a step of every objective on BERT and on IM-BERT', () => {
  const names = objectiveSchema.options.map(({ shape }) => shape.name.value);
  const expected = [
    ...names.flatMap((name) => [name, `${name}-descent`]),
    'freelb-anderson',
    'smart-paper-anderson',
  ];
  expect(steps.map((step) => step.fixture).toSorted()).toEqual(expected.toSorted());
});

test.each(steps)('$fixture agrees with PyTorch, as a whole and as a chain', async ({ settings, suffix }) => {
  expect(await distanceFromPytorch(settings, suffix, 'whole')).toBeLessThan(1e-4);
  expect(await distanceFromPytorch(settings, suffix, 'chain')).toBeLessThan(1e-4);
});

test.each<Settings>([
  { ...scripted[0], name: 'freelb', radius: 0.45 },
  { name: 'r3f', scale: 0.3, weight: 0.85 },
  { name: 'creat', ascentRate: 0.45, radius: 0.6, temperature: 0.5, initialDeviation: 0.2 },
])('$name with another setting than the script does not agree', async (settings) => {
  expect(await distanceFromPytorch(settings, '-descent', 'whole')).toBeGreaterThan(1e-3);
});
