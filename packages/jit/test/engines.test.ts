import type { HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Engine, type EngineName, gelu } from '../src/index.ts';
import { createEngine } from '../src/node.ts';
import { useCpuBackend } from './support/cpu-backend.ts';
import { vector } from './support/host-values.ts';

beforeAll(useCpuBackend);

const step = ({ w }: { w: tf.Tensor }, x: tf.Tensor) => {
  const loss = (v: tf.Tensor): tf.Tensor => tf.sum(tf.square(gelu(tf.mul(v, x))));
  const { value, grad } = tf.valueAndGrad(loss)(w);
  return { loss: value, gradients: { w: grad } };
};

async function withEngine<Result>(
  name: EngineName,
  body: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await createEngine(name, { threads: 1 });
  try {
    return await body(engine);
  } finally {
    await engine.dispose();
  }
}

test('the same function gives the same numbers on both engines', async () => {
  const results: HostTensor[][] = [];
  for (const name of ['onnx', 'tfjs'] as const)
    await withEngine(name, async (engine) => {
      const { loss, gradients } = await engine.compile(step)({ w: vector(1, -2) }, vector(0.5, 3));
      results.push([loss, gradients.w]);
    });
  const [compiled = [], eager = []] = results;
  compiled.forEach(({ data, dtype, shape }, index) => {
    const other = eager[index];
    expect([other?.dtype, other?.shape]).toEqual([dtype, shape]);
    data.forEach((value, place) => {
      expect(value).toBeCloseTo(other?.data[place] ?? NaN, 5);
    });
  });
});

test('the eager engine writes into buffers, checks arguments, and keeps no tensor', async () => {
  await withEngine('tfjs', async (engine) => {
    const compiled = engine.compile(step, { name: 'step' });
    const before = tf.memory().numTensors;
    const w = vector(0, 0);
    const result = await compiled.run([{ w: vector(1, 2) }, vector(1, 1)], { into: { gradients: { w } } });
    expect(result.gradients.w).toBe(w);
    expect(w.data.every((value) => value !== 0)).toBe(true);
    await expect(compiled({ w: 1 } as never, vector(1))).rejects.toThrow(
      /argument 0\.w: expected a host tensor/,
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(compiled.graph({ w: vector(1) }, vector(1))).toMatch(/^graph step\(/);
    await compiled.dispose();
    await expect(compiled({ w: vector(1) }, vector(1))).rejects.toThrow(/a call after dispose/);
  });
});

test('an engine says what runs underneath', async () => {
  expect(await withEngine('onnx', ({ description }) => Promise.resolve(description))).toMatch(
    /^ONNX Runtime 1\.30\.0 on 1 thread$/,
  );
  expect(await withEngine('tfjs', ({ description }) => Promise.resolve(description))).toBe(
    'tfjs 4.22.0, backend cpu (already set)',
  );
});

test('disposing an engine disposes what it compiled', async () => {
  const engine = await createEngine('onnx', { threads: 1 });
  const compiled = engine.compile((x: tf.Tensor) => tf.neg(x), { name: 'negation' });
  await compiled(vector(1));
  await engine.dispose();
  await expect(compiled(vector(1))).rejects.toThrow(
    'jit "negation": expected a compiled function in use, got a call after dispose().',
  );
});

test('an unknown engine is named with those that there are', async () => {
  await expect(createEngine('torch' as never)).rejects.toThrow('engine: expected onnx or tfjs, got "torch".');
});

test('asking for the GPU backend where it is not installed says how to get it', async () => {
  await expect(createEngine('tfjs', { backend: 'gpu' })).rejects.toThrow(
    /expected @tensorflow\/tfjs-node-gpu installed and loadable, got .*tfjs-node-gpu.*npm install @tensorflow\/tfjs-node-gpu@4\.22\.0.*or use the onnx engine/s,
  );
});

test('a backend that nobody registered is refused', async () => {
  await expect(createEngine('tfjs', { backend: 'wasm' })).rejects.toThrow(
    'engine tfjs, backend wasm: expected a registered tfjs backend, gpu, cpu or auto, got "wasm". Import the package that registers it first.',
  );
});
