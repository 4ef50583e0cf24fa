import { floatTensor, type HostTensor } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  connectionSchema,
  encodeSequence,
  type EncoderInputs,
  loadModel,
  lookUpRows,
  type Model,
  wordEmbeddings,
} from '@im-bert/models';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { batchOf } from './support/batches.ts';

const hub = process.env['IM_BERT_TEST_HUB'];
const onHub = hub === undefined ? describe.skip : describe;
const why = hub === undefined ? ' (skipped: IM_BERT_TEST_HUB names no folder)' : '';

const mpnet = 'sentence-transformers/all-mpnet-base-v2';
const numbers = z.array(z.number());
const mpnetRow = z.object({ ids: numbers, first: numbers, last: numbers });

function folderOf(name: string): string {
  return join(hub ?? '', 'models', name);
}

interface Outcome {
  /** [B, L, D] */
  readonly hidden: HostTensor;
  /** Mean relative residual of each solved layer over the examples: at the explicit start, and of the result. */
  readonly residuals: readonly { readonly start: number; readonly end: number }[];
}

async function encode(engine: Engine, model: Model, inputs: EncoderInputs): Promise<Outcome> {
  const { [wordEmbeddings]: table = floatTensor(new Float32Array(), [0]), ...parameters } = model.parameters;
  const compiled = engine.compile(
    (batch: Parameters<typeof encodeSequence>[2], weights: Parameters<typeof encodeSequence>[1]) => {
      const { hidden, residuals } = encodeSequence(model, weights, batch, null, { measureEnd: true });
      return {
        hidden,
        relative: residuals.flatMap((residual) => (residual === null ? [] : [residual.relative])),
      };
    },
  );
  const { typeIds, mask } = inputs;
  const out = await compiled({ wordEmbeddings: lookUpRows(table, inputs.ids), typeIds, mask }, parameters);
  await compiled.dispose();
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  const residuals = out.relative.map(({ data, shape: [, batch = 0] }) => ({
    start: mean(data.subarray(0, batch)),
    end: mean(data.subarray(-batch)),
  }));
  return { hidden: out.hidden, residuals };
}

/** "A gripping, well-acted film that never loses its nerve." in bert-base-uncased's vocabulary. */
const sentence = [101, 1037, 13940, 1010, 2092, 1011, 6051, 2143, 2008, 2196, 12386, 2049, 9113, 1012, 102];

// As SOURCE.md beside each model gives them, computed there with transformers.
const references = [
  {
    name: 'sentence-transformers/all-MiniLM-L6-v2',
    ids: sentence,
    first: [-0.07819, -0.45248, 0.21298, -0.01471, -0.0643],
    last: [-0.01925, -0.38107, -0.1175, 0.45011, -0.35589],
    rootMeanSquare: 0.41764,
    missing: ['classifier.weight', 'classifier.bias'],
    ignored: ['embeddings.position_ids'],
  },
  {
    name: 'BAAI/bge-small-en-v1.5',
    ids: sentence,
    first: [0.19074, 0.21025, -0.3873, -0.20825, 0.36205],
    last: [0.19073, 0.21025, -0.3873, -0.20825, 0.36205],
    rootMeanSquare: 0.46817,
    missing: ['pooler.dense.weight', 'pooler.dense.bias', 'classifier.weight', 'classifier.bias'],
    ignored: [],
  },
  {
    name: 'prihodad/biophi-sapiens1-vh',
    ids: [
      0, 17, 21, 17, 13, 21, 17, 19, 9, 21, 7, 21, 12, 12, 16, 9, 4, 19, 21, 12, 21, 19, 5, 12, 4, 19, 9, 23,
      20, 8, 20, 2,
    ],
    first: [0.79382, 0.52412, 0.21074, 0.30457, 1.6687],
    last: [0.24918, 0.18755, 0.15059, -1.03572, 1.618],
    rootMeanSquare: 0.85464,
    missing: [
      'classifier.dense.weight',
      'classifier.dense.bias',
      'classifier.out_proj.weight',
      'classifier.out_proj.bias',
    ],
    ignored: [
      'lm_head.bias',
      'lm_head.decoder.bias',
      'lm_head.dense.bias',
      'lm_head.dense.weight',
      'lm_head.layer_norm.bias',
      'lm_head.layer_norm.weight',
    ],
  },
];

onHub(`real checkpoints${why}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine('onnx');
  });
  afterAll(() => engine.dispose());

  test.each(references)(
    '$name: states are those that transformers gives',
    async (reference) => {
      const model = await loadModel(folderOf(reference.name), { seed: 1, labels: 2 });
      expect(model.initialised).toEqual(reference.missing);
      expect(model.ignored.filter((name) => !reference.ignored.includes(name))).toEqual([]);
      const { ids } = reference;
      const { hidden } = await encode(engine, model, batchOf([ids], { padId: model.config.padId }));
      const { data } = hidden;
      const { width } = model.config;
      reference.first.forEach((value, index) => {
        expect(data[index]).toBeCloseTo(value, 4);
      });
      reference.last.forEach((value, index) => {
        expect(data[(ids.length - 1) * width + index]).toBeCloseTo(value, 4);
      });
      const squares = Array.from(data, (value) => value ** 2).reduce((a, b) => a + b, 0);
      expect(Math.sqrt(squares / data.length)).toBeCloseTo(reference.rootMeanSquare, 4);
    },
    60_000,
  );

  test("all-MiniLM-L6-v2: the descent's residual rises, Picard's and Anderson's fall, as in the README's table", async () => {
    const inputs = batchOf(
      [sentence, sentence.slice(0, 9), [...sentence.slice(0, 1), ...sentence.slice(6)]],
      { padId: 0 },
    );
    const residuals = async (solver: object): Promise<Outcome['residuals']> => {
      const connection = connectionSchema.parse({ kind: 'implicit', solver });
      const model = await loadModel(folderOf('sentence-transformers/all-MiniLM-L6-v2'), {
        seed: 1,
        labels: 2,
        connection,
      });
      return (await encode(engine, model, inputs)).residuals;
    };
    const paper = await residuals({ name: 'gradient-descent' });
    const picard = await residuals({ name: 'picard' });
    const anderson = await residuals({ name: 'anderson' });
    // The paper's step is above 2 / (largest curvature) nearly everywhere: the descent raises the residual.
    expect(paper.filter(({ start, end }) => end > start).length).toBeGreaterThanOrEqual(3);
    for (const { start, end } of picard) expect(end).toBeLessThan(0.25 * start);
    for (const { start, end } of anderson) expect(end).toBeLessThan(0.15 * start);
    anderson.forEach(({ end }, layer) => {
      expect(end).toBeLessThan(picard[layer]?.end ?? 0);
    });
  }, 120_000);

  test('all-MiniLM-L6-v2: padding does not change what Anderson finds', async () => {
    const connection = connectionSchema.parse({ kind: 'implicit', solver: { name: 'anderson' } });
    const model = await loadModel(folderOf('sentence-transformers/all-MiniLM-L6-v2'), {
      seed: 1,
      labels: 2,
      connection,
    });
    const tight = await encode(engine, model, batchOf([sentence], { padId: 0 }));
    const padded = await encode(engine, model, batchOf([sentence], { padId: 0, length: 32 }));
    const difference = Math.max(
      ...Array.from(tight.hidden.data, (value, index) =>
        Math.abs(value - (padded.hidden.data[index] ?? NaN)),
      ),
    );
    expect(difference).toBeLessThan(1e-3);
  }, 60_000);
});

const hasMpnet = hub !== undefined && existsSync(join(folderOf(mpnet), 'model.safetensors'));
const whyNot = hasMpnet ? '' : ` (skipped: IM_BERT_TEST_HUB names no folder with ${mpnet})`;

(hasMpnet ? test : test.skip)(
  `${mpnet}: a pair, a padded row and a row of 200 tokens have the states that transformers gives${whyNot}`,
  async () => {
    const path = new URL('fixtures/mpnet-base.json', import.meta.url);
    const batches = z.array(z.array(mpnetRow)).parse(JSON.parse(await readFile(path, 'utf8')));
    const model = await loadModel(folderOf(mpnet), { seed: 1, labels: 2 });
    const engine = await createEngine('onnx');
    for (const rows of batches) {
      const inputs = batchOf(
        rows.map(({ ids }) => ids),
        { padId: 1 },
      );
      const { hidden } = await encode(engine, model, inputs);
      const [, length = 0, width = 0] = hidden.shape;
      rows.forEach(({ ids, first, last }, row) => {
        const expectAt = (values: readonly number[], position: number): void => {
          const from = (row * length + position) * width;
          values.forEach((value, at) => {
            expect(Math.abs((hidden.data[from + at] ?? NaN) - value)).toBeLessThan(1e-4);
          });
        };
        expectAt(first, 0);
        expectAt(last, ids.length - 1);
      });
    }
    await engine.dispose();
  },
  120_000,
);
