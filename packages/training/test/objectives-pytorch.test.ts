import { floatTensor, scaled } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import type { objectiveSchema } from '@im-bert/training';
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
});

test.each(['whole', 'chain'] as const)('FreeLB on IM-BERT agrees with PyTorch, as a %s', async (mode) => {
  const solver = { name: 'gradient-descent', iterations: 2, stepSize: 0.05 } as const;
  const connection = { kind: 'implicit', solver, gradient: { name: 'detached' } } as const;
  const [settings] = scripted;
  await expectPytorchStep('freelb-implicit', settings ?? { name: 'standard' }, { mode, connection });
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
