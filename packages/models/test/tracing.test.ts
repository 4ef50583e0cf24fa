import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, randomModel } from '@im-bert/models';
import { batchOf } from './support/batches.ts';
import { graphOf, stepOn } from './support/engine-step.ts';
import { tinyConfig } from './support/tiny.ts';

const iterations = 2;
const connections: readonly [string, object][] = [
  ...['fixed', 'spectral', 'barzilai-borwein', 'cauchy', 'backtracking'].map((name): [string, object] => [
    `descent with ${name} steps`,
    { solver: { name: 'gradient-descent', iterations, stepRule: { name } } },
  ]),
  [
    'unrolled Cauchy descent',
    {
      solver: { name: 'gradient-descent', iterations, stepRule: { name: 'cauchy' } },
      gradient: { name: 'unrolled' },
    },
  ],
  ['picard', { solver: { name: 'picard', iterations } }],
  ['anderson', { solver: { name: 'anderson', iterations: 3 } }],
  ['anderson, phantom gradient', { solver: { name: 'anderson', iterations }, gradient: { name: 'phantom' } }],
  [
    'anderson, implicit gradient',
    { solver: { name: 'anderson', iterations }, gradient: { name: 'implicit', iterations: 3 } },
  ],
];

function example(options: object, seed: number) {
  const connection = connectionSchema.parse({ kind: 'implicit', layers: '2', ...options });
  const model = randomModel({ config: tinyConfig, connection, labels: 2 }, seed);
  const rows = [[2, 4 + seed, 5 + seed, 3], seed % 2 === 0 ? [2, 7, 3] : [2, 3]];
  return { model, inputs: { ...batchOf(rows, { padId: 0 }), labels: [seed % 2, 0] } };
}

test.each(connections)(
  '%s: no value of weights or batch is baked into the graph',
  async (_name, options) => {
    const engine = await createEngine('onnx', { threads: 1 });
    const [first, second] = [example(options, 1), example(options, 2)];
    expect(graphOf(engine, second.model, second.inputs)).toBe(graphOf(engine, first.model, first.inputs));
    await engine.dispose();
  },
  60_000,
);

test.each(connections)(
  '%s: both engines give the same loss and gradients',
  async (_name, options) => {
    const { model, inputs } = example(options, 1);
    const [tfjs, onnx] = [await createEngine('tfjs'), await createEngine('onnx', { threads: 1 })];
    const eager = await stepOn(tfjs, model, inputs);
    const compiled = await stepOn(onnx, model, inputs);
    expect(compiled.loss).toBeCloseTo(eager.loss, 5);
    for (const [name, { data }] of Object.entries(eager.gradients)) {
      const other = compiled.gradients[name]?.data ?? [];
      const difference = Math.max(...data.map((value, index) => Math.abs(value - (other[index] ?? NaN))));
      expect({ name, close: difference < 1e-4 }).toEqual({ name, close: true });
    }
  },
  60_000,
);
