import { euclideanNorm, floatTensor, type FloatTensor, intTensor } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  connectionSchema,
  createExecutor,
  type EncoderInputs,
  type Executor,
  lookUpRows,
  type NamedTensors,
  randomModel,
  roundingSensitivity,
} from '@im-bert/models';
import { batchOf } from './support/batches.ts';
import { tinyConfig } from './support/tiny.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine('onnx', { threads: 1 });
});
afterAll(() => engine.dispose());

const inputs = batchOf(
  Array.from({ length: 16 }, (_, row) => [2, ...[0, 5, 10, 15].map((at) => 4 + ((row * 7 + at) % 20)), 3]),
  { padId: 0, length: 8 },
);

async function measured(connection: object) {
  const config = { ...tinyConfig, layers: 4, initializerRange: 0.6 };
  const model = randomModel({ config, connection: connectionSchema.parse(connection), labels: 2 }, 3);
  const executor = createExecutor(engine, model);
  const rows = await roundingSensitivity(executor, model, inputs);
  await executor.dispose();
  const growths = rows.map(({ growth }) => growth).sort((a, b) => a - b);
  return {
    median: growths[growths.length / 2] ?? NaN,
    shift: Math.max(...rows.map(({ logitShift }) => logitShift)),
  };
}

test("the paper's descent amplifies rounding where BERT and Anderson's solve of the same equation do not", async () => {
  const kind = 'implicit';
  const bert = await measured({ kind: 'monotone' });
  const anderson = await measured({ kind, solver: { name: 'anderson', iterations: 5 } });
  const descent = await measured({ kind, solver: { name: 'gradient-descent', iterations: 15 } });
  expect(bert.median).toBeLessThan(30);
  expect(anderson.median).toBeLessThan(30);
  expect(descent.median).toBeGreaterThan(1e3);
  expect(bert.shift).toBeLessThan(1e-4);
  expect(anderson.shift).toBeLessThan(1e-3);
  expect(descent.shift).toBeGreaterThan(0.05);
});

/** The entries of the looked-up words, perturbed, as states; the first entry eight times as large. */
function stretching(score: (words: Float32Array) => number): Pick<Executor, 'logits' | 'states'> {
  const states = (
    parameters: NamedTensors,
    { ids }: EncoderInputs,
    perturbation?: FloatTensor,
  ): FloatTensor => {
    const words = lookUpRows(parameters['embeddings.word_embeddings.weight'] ?? table, ids);
    const moved = words.data.map((value, at) => value + (perturbation?.data[at] ?? 0));
    return floatTensor(
      moved.map((value, at) => (at % 4 === 0 ? 8 * value : value)),
      words.shape,
    );
  };
  return {
    states: (parameters, batch, options) =>
      Promise.resolve([states(parameters, batch, options?.perturbation)]),
    logits: (parameters, batch, options) => {
      const { data } = states(parameters, batch, options?.perturbation);
      return Promise.resolve({
        logits: floatTensor(
          Float32Array.of(0, score(data.subarray(0, 4)), 0, score(data.subarray(4))),
          [2, 2],
        ),
        residuals: [],
      });
    },
  };
}

const table = floatTensor(Float32Array.of(1, 1, 1, 1, 3, 2, 1, 4), [2, 4]);
const parameters = { 'embeddings.word_embeddings.weight': table };
const twoRows: EncoderInputs = {
  ids: intTensor(Int32Array.of(0, 1), [2, 1]),
  typeIds: intTensor(new Int32Array(2), [2, 1]),
  mask: floatTensor(Float32Array.of(1, 1), [2, 1]),
};

test('growth is that of the direction that grows most, relative to words and states, for each row', async () => {
  const found = await roundingSensitivity(
    stretching(() => 1),
    { parameters },
    twoRows,
    { products: 6 },
  );
  const limit = (row: Float32Array): number =>
    (8 * euclideanNorm(row)) / euclideanNorm(row.map((value, at) => (at === 0 ? 8 * value : value)));
  expect(found[0]?.growth).toBeCloseTo(limit(table.data.subarray(0, 4)), 1);
  expect(found[1]?.growth).toBeCloseTo(limit(table.data.subarray(4)), 1);
});

test('a prediction that stands on the last place of a float is seen to flip, one that does not is not', async () => {
  const onTheEdge = stretching((words) => ((words[1] ?? 0) === 1 ? -1 : (words[1] ?? 0) - 1));
  const [edge, firm] = await roundingSensitivity(onTheEdge, { parameters }, twoRows, { draws: 8 });
  expect(edge?.predicted).toBe(0);
  expect(new Set(edge?.disturbed)).toEqual(new Set([0, 1])); // up is above 1, down is below
  expect(firm).toMatchObject({ predicted: 1, disturbed: Array(8).fill(1) });
  expect(edge?.logitShift).toBeCloseTo(1, 5);
  expect(firm?.logitShift).toBeCloseTo(2 ** -22, 8);
});
