import { floatTensor, intTensor } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  monotoneConnection,
  createExecutor,
  createSpectralAnalysis,
  type EncoderInputs,
  randomModel,
  relativeDrift,
} from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import { tinyConfig } from './support/tiny.ts';

const model = randomModel({ config: tinyConfig, connection: monotoneConnection, labels: 2 }, 1);
const inputs: EncoderInputs = {
  ids: intTensor(Int32Array.of(2, 3, 4, 5, 2, 7, 0, 0), [2, 4]),
  typeIds: intTensor(new Int32Array(8), [2, 4]),
  mask: floatTensor(Float32Array.of(1, 1, 1, 1, 1, 1, 0, 0), [2, 4]),
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine('onnx', { threads: 1 });
});
afterAll(() => engine.dispose());

test('drift is relative, at the first position, row by row', () => {
  const state = (...values: number[]) => floatTensor(Float32Array.from(values), [2, 2, 2]);
  const original = state(3, 4, 9, 9, 1, 0, 9, 9);
  const changed = state(3, 4, 0, 0, 1, 2, 0, 0);
  expect(relativeDrift([original], [changed])).toEqual([[0, 2]]);
});

test('the same text does not drift; another one does, from the embeddings on', async () => {
  const executor = createExecutor(engine, model);
  const states = await executor.states(model.parameters, inputs);
  expect(states.map(({ shape }) => shape)).toEqual(
    Array(tinyConfig.layers + 1).fill([2, 4, tinyConfig.width]),
  );
  const other = { ...inputs, ids: intTensor(Int32Array.of(6, 3, 4, 5, 6, 7, 0, 0), [2, 4]) };
  const drift = relativeDrift(states, await executor.states(model.parameters, other));
  expect(
    relativeDrift(states, states)
      .flat()
      .every((value) => value === 0),
  ).toBe(true);
  expect(drift.flat().every((value) => value > 0.001)).toBe(true);
  await executor.dispose();
});

/** Spectral radius of phi's Jacobian over the first `tokens` tokens of a row, from the whole matrix by differences. */
async function radiusByMatrix(row: number, tokens: number): Promise<number> {
  const executor = createExecutor(engine, model);
  const [h0] = await executor.states(model.parameters, inputs);
  const size = tokens * tinyConfig.width;
  const start = row * 4 * tinyConfig.width;
  const analysis = await import('../src/execution/chain-links.ts');
  const layer = engine.compile((hidden: tf.Tensor, mask: tf.Tensor, parameters: Record<string, tf.Tensor>) =>
    analysis.layerForward(
      model,
      { kind: 'monotone', wanted: undefined, tokensAtOnce: 1e9 },
      false,
      parameters,
      { hidden, mask },
      {},
    ),
  );
  const weights = Object.fromEntries(
    Object.entries(model.parameters)
      .filter(([name]) => name.startsWith('encoder.layer.0.'))
      .map(([name, tensor]) => [name.replace('encoder.layer.0.', ''), tensor]),
  );
  const phi = async (data: Float32Array): Promise<Float32Array> => {
    const { state } = await layer(floatTensor(data, [2, 4, tinyConfig.width]), inputs.mask, weights);
    if (state?.dtype !== 'float32') throw new Error('expected a state');
    return state.data.slice(start, start + size);
  };
  const base = h0?.data ?? new Float32Array();
  const columns: Float32Array[] = [];
  for (let at = 0; at < size; at++) {
    const [up, down] = [base.slice(), base.slice()];
    up[start + at] = (up[start + at] ?? 0) + 1e-2;
    down[start + at] = (down[start + at] ?? 0) - 1e-2;
    const [above, below] = [await phi(up), await phi(down)];
    columns.push(above.map((value, entry) => (value - (below[entry] ?? 0)) / 2e-2));
  }
  await layer.dispose();
  await executor.dispose();
  // power of the matrix: ||J^k v||^(1/k), of which the late growth is the radius
  let vector = Float64Array.from({ length: size }, (_, at) => Math.cos(at + 1));
  const logs: number[] = [];
  for (let step = 0; step < 400; step++) {
    const image = new Float64Array(size);
    columns.forEach((column, at) => {
      column.forEach((value, entry) => (image[entry] = (image[entry] ?? 0) + value * (vector[at] ?? 0)));
    });
    const norm = Math.hypot(...image);
    logs.push(Math.log(norm));
    vector = image.map((value) => value / norm);
  }
  return Math.exp(logs.slice(200).reduce((sum, value) => sum + value, 0) / 200);
}

test("the spectral radius is that of phi's whole Jacobian, padding left out", async () => {
  const executor = createExecutor(engine, model);
  const analysis = createSpectralAnalysis(engine, model);
  const [h0] = await executor.states(model.parameters, inputs);
  if (h0 === undefined) throw new Error('expected states');
  const radii = await analysis.radii(model.parameters, 0, h0, inputs.mask, 64);
  expect(radii[0]).toBeCloseTo(await radiusByMatrix(0, 4), 2);
  expect(radii[1]).toBeCloseTo(await radiusByMatrix(1, 2), 2);
  const usual = await analysis.radii(model.parameters, 0, h0, inputs.mask);
  usual.forEach((radius, row) => {
    expect(Math.abs(radius / (radii[row] ?? NaN) - 1)).toBeLessThan(0.02);
  });
  await analysis.dispose();
  await executor.dispose();
}, 60_000);
