import { floatTensor, randomStream } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { Adam, type AdamState, adamSchema, initialAdamState } from '@im-bert/training';

const spec = adamSchema.parse({ learningRate: 1e-3 });

/** Tensors whose sizes are no multiple of a vector or a block. */
function randomTensors(name: string): NamedTensors {
  const random = randomStream(1, name);
  const tensor = (size: number) =>
    floatTensor(
      Float32Array.from({ length: size }, () => random.normal()),
      [size],
    );
  return { small: tensor(3), large: tensor(16_384 + 5) };
}

/** Algorithm 1 of Kingma and Ba (2015) in doubles, for one weight. */
function adamByHand(weight: number, gradients: readonly number[], rate: number): number {
  let [mean, square] = [0, 0];
  gradients.forEach((gradient, index) => {
    mean = 0.9 * mean + 0.1 * gradient;
    square = 0.999 * square + 0.001 * gradient ** 2;
    const [unbiasedMean, unbiasedSquare] = [
      mean / (1 - 0.9 ** (index + 1)),
      square / (1 - 0.999 ** (index + 1)),
    ];
    weight -= (rate * unbiasedMean) / (Math.sqrt(unbiasedSquare) + 1e-8);
  });
  return weight;
}

async function updated(gradientSets: readonly NamedTensors[], scale = 1): Promise<[NamedTensors, AdamState]> {
  const parameters = randomTensors('weights');
  const state = initialAdamState(parameters);
  const adam = new Adam(spec);
  for (const gradients of gradientSets)
    await adam.update(parameters, gradients, state, spec.learningRate, scale);
  return [parameters, state];
}

test('Adam follows its published algorithm over several updates', async () => {
  const gradientSets = ['g0', 'g1', 'g2'].map(randomTensors);
  const before = randomTensors('weights');
  const [parameters] = await updated(gradientSets);
  for (const name of ['small', 'large'])
    parameters[name]?.data.forEach((weight, index) => {
      const gradients = gradientSets.map((set) => set[name]?.data[index] ?? NaN);
      const expected = adamByHand(before[name]?.data[index] ?? NaN, gradients, spec.learningRate);
      if (!(Math.abs(weight - expected) < 1e-6))
        throw new Error(`${name}[${index}]: ${weight}, expected ${expected}`);
    });
});

test('a gradient scale acts as if the gradients had been scaled before', async () => {
  const gradients = randomTensors('g0');
  const halves = Object.fromEntries(
    Object.entries(gradients).map(([name, { data, shape }]) => [
      name,
      floatTensor(
        data.map((x) => x / 2),
        shape,
      ),
    ]),
  );
  expect((await updated([gradients], 0.5))[0]).toEqual((await updated([halves]))[0]);
});

test('a moment that fades becomes zero, never a denormal number', async () => {
  const tensor = (value: number): NamedTensors => ({
    row: floatTensor(new Float32Array(4).fill(value), [4]),
  });
  const [parameters, adam] = [tensor(1), new Adam(spec)];
  const state = initialAdamState(parameters);
  await adam.update(parameters, tensor(1e-30), state, 1e-3, 1);
  for (let step = 0; step < 200; step++) await adam.update(parameters, tensor(0), state, 1e-3, 1);
  expect(state.mean['row']?.data[0]).toBe(0);
  expect(state.square['row']?.data[0]).toBe(0);
});

test('rows without gradients yet stay as they are, and join in when a gradient comes or a state is loaded', async () => {
  const rows = 4;
  const table = (name: string, filled: readonly number[]): NamedTensors => {
    const random = randomStream(1, name);
    const values = Float32Array.from({ length: rows * 1024 }, (_, index) =>
      filled.includes(Math.floor(index / 1024)) ? random.normal() : 0,
    );
    return { table: floatTensor(values, [rows, 1024]) };
  };
  const steps = [table('g0', [1]), table('g1', [3]), table('g2', [0, 1])];
  const apply = async (adamOf: () => Adam): Promise<[NamedTensors, AdamState]> => {
    const parameters = table('weights', [0, 1, 2, 3]);
    const state = initialAdamState(parameters);
    for (const gradients of steps) await adamOf().update(parameters, gradients, state, spec.learningRate, 1);
    return [parameters, state];
  };
  const kept = new Adam(spec);
  const [parameters, state] = await apply(() => kept);
  expect(await apply(() => new Adam(spec))).toEqual([parameters, state]);
  const before = table('weights', [0, 1, 2, 3])['table']?.data ?? new Float32Array();
  parameters['table']?.data.forEach((weight, index) => {
    const gradients = steps.map((step) => step['table']?.data[index] ?? NaN);
    const expected = adamByHand(before[index] ?? NaN, gradients, spec.learningRate);
    if (!(Math.abs(weight - expected) < 1e-6)) throw new Error(`[${index}]: ${weight}, expected ${expected}`);
  });
  expect(parameters['table']?.data.slice(2048, 3072)).toEqual(before.slice(2048, 3072));
});

test.each(['beta1', 'beta2'])('%s is a share: from 0 to below 1', (name) => {
  for (const share of [0, 0.5]) expect(adamSchema.parse({ [name]: share })).toMatchObject({ [name]: share });
  for (const none of [-0.1, 1]) expect(adamSchema.safeParse({ [name]: none }).success).toBe(false);
});

test('a weight without a gradient is a defect that is told', async () => {
  const parameters = randomTensors('weights');
  const update = new Adam(spec).update(parameters, {}, initialAdamState(parameters), 1e-3, 1);
  await expect(update).rejects.toThrow('expected a tensor named "small", got none');
});

test('the norm is that of all gradients together', async () => {
  const gradients = randomTensors('g0');
  const squares = Object.values(gradients).flatMap(({ data }) => [...data].map((x) => x * x));
  const expected = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  expect(await new Adam(spec).norm(gradients)).toBeCloseTo(expected, 10);
});

test('the norm of gradients with a NaN or an infinity is not finite', async () => {
  for (const value of [NaN, Infinity])
    expect(await new Adam(spec).norm({ a: floatTensor(Float32Array.of(1, value, 2), [3]) })).not.toBeLessThan(
      Infinity,
    );
});
