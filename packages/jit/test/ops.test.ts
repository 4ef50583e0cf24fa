import { type FloatTensor, floatTensor, intTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { embeddingLookup, gelu, layerNorm, linear, logSoftmax, softmax, stopGradient } from '../src/index.ts';
import { jit } from '../src/node.ts';
import { useCpuBackend } from './support/cpu-backend.ts';
import { normals } from './support/derivatives.ts';

const tensor = ({ data, shape }: FloatTensor): tf.Tensor => tf.tensor(data, [...shape]);

/** The values of a function of tensors: eagerly, and traced. */
async function bothWays(
  fn: (...xs: tf.Tensor[]) => tf.Tensor,
  ...inputs: FloatTensor[]
): Promise<number[][]> {
  const eager = [...tf.tidy(() => fn(...inputs.map(tensor)).dataSync())];
  const compiled = jit(fn);
  const traced = [...(await compiled(...inputs)).data];
  await compiled.dispose();
  return [eager, traced];
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(0, ...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThan(
    tolerance,
  );
}

/** erf by its Taylor series, in double precision for |x| < 3. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 80; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

beforeAll(useCpuBackend);

test('gelu is x·Φ(x) with the exact error function', async () => {
  const x = normals('gelu', [40]);
  const expected = Array.from(x.data, (value) => 0.5 * value * (1 + erf(value / Math.SQRT2)));
  for (const values of await bothWays(gelu, x)) expectClose(values, expected, 5e-7);
});

test('layerNorm has rows of mean bias and deviation gain, even of large values', async () => {
  const x = normals('rows', [3, 64], 2, 100);
  const [gain, bias] = [
    floatTensor(new Float32Array(64).fill(3), [64]),
    floatTensor(new Float32Array(64).fill(-1), [64]),
  ];
  const norm = (...[y, g, b]: tf.Tensor[]): tf.Tensor =>
    layerNorm(y as tf.Tensor, g as tf.Tensor, b as tf.Tensor, 1e-12);
  for (const values of await bothWays(norm, x, gain, bias))
    for (const row of [0, 1, 2]) {
      const cells = values.slice(64 * row, 64 * (row + 1));
      const mean = cells.reduce((sum, value) => sum + value, 0) / 64;
      const variance = cells.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64;
      expectClose([mean, Math.sqrt(variance)], [-1, 3], 1e-4);
    }
});

test('linear multiplies by the transposed weight, as PyTorch stores it', async () => {
  const x = floatTensor(Float32Array.of(1, 2), [1, 2]);
  const weight = floatTensor(Float32Array.of(1, 10, 100, 1000, 0, 0.5), [3, 2]);
  const bias = floatTensor(Float32Array.of(0.25, 0, 0), [3]);
  const map = (...[a, w, b]: tf.Tensor[]): tf.Tensor =>
    linear(a as tf.Tensor, w as tf.Tensor, b as tf.Tensor);
  for (const values of await bothWays(map, x, weight, bias)) expect(values).toEqual([21.25, 2100, 1]);
});

test('softmax and logSoftmax survive logits that exp does not', async () => {
  const logits = floatTensor(Float32Array.of(1000, 1000, -1000), [3]);
  for (const values of await bothWays((x) => softmax(x), logits)) expectClose(values, [0.5, 0.5, 0], 1e-6);
  for (const values of await bothWays((x) => logSoftmax(x), logits))
    expectClose(values, [-Math.LN2, -Math.LN2, -2000 - Math.LN2], 1e-3);
});

test('stopGradient passes the value and nothing of the gradient', async () => {
  const slope = (...[x]: tf.Tensor[]): tf.Tensor =>
    tf.grad((y: tf.Tensor) => tf.add(tf.mul(y, 3), tf.square(stopGradient(y))))(x as tf.Tensor);
  for (const values of await bothWays(slope, normals('stop', [4]))) expect(values).toEqual([3, 3, 3, 3]);
});

test('stopGradient leaves nothing to differentiate in the graph', () => {
  const expensive = (x: tf.Tensor): tf.Tensor => tf.add(x, stopGradient(tf.tanh(tf.matMul(x, x))));
  const compiled = jit((x: tf.Tensor) => tf.grad(expensive)(x));
  expect(compiled.graph(normals('square', [3, 3]))).not.toMatch(/Tanh|MatMul/);
});

test('stopGradient shares its data, and both tensors can be disposed of', () => {
  const before = tf.memory();
  const x = tf.tensor1d([1, 2]);
  const stopped = stopGradient(x);
  x.dispose();
  expect([...stopped.dataSync()]).toEqual([1, 2]);
  stopped.dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
});

test('the third derivative of gelu is right, so any order is', () => {
  const third = (x: tf.Tensor): tf.Tensor => tf.grad(tf.grad(tf.grad(gelu)))(x);
  const points = [-2, -0.5, 0, 0.3, 1.7];
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  // gelu'' = (2 - x²)·φ(x), so gelu''' = (x³ - 4x)·φ(x)
  const expected = points.map((x) => (x ** 3 - 4 * x) * density(x));
  expectClose([...tf.tidy(() => third(tf.tensor1d(points)).dataSync())], expected, 1e-6);
});

describe('shapes that do not fit are refused, with the shapes', () => {
  test.each([
    [
      'linear',
      () => linear(tf.zeros([2, 3]), tf.zeros([4, 2]), tf.zeros([4])),
      /linear: .*\[2, 3\], \[4, 2\] and \[4\]/,
    ],
    [
      'linear of a batch',
      () => linear(tf.zeros([1, 2, 3]), tf.zeros([4, 3]), tf.zeros([4])),
      /x \[N, in\].*\[1, 2, 3\]/,
    ],
    [
      'layerNorm',
      () => layerNorm(tf.zeros([2, 3]), tf.zeros([3]), tf.zeros([2]), 1e-5),
      /layerNorm: .*\[3\] and \[2\]/,
    ],
    ['epsilon', () => layerNorm(tf.zeros([3]), tf.zeros([3]), tf.zeros([3]), 0), /epsilon > 0, got 0/],
    [
      'ids',
      () => embeddingLookup(tf.zeros([3, 2]), tf.zeros([2])),
      /int32 ids, got \[3, 2\] and float32 ids/,
    ],
  ])('%s', (_name, call, message) => {
    expect(() => tf.tidy(call)).toThrow(message);
  });
});

test('an embedding gradient is the sum over repeated ids', async () => {
  const ids = intTensor(Int32Array.of(2, 0, 2, 2), [2, 2]);
  const compiled = jit((table: tf.Tensor, at: tf.Tensor, dy: tf.Tensor) =>
    tf.grad((rows: tf.Tensor) => embeddingLookup(rows, at))(table, dy),
  );
  const dy = floatTensor(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  const { data, shape } = await compiled(normals('table', [3, 2]), ids, dy);
  expect([...data]).toEqual([3, 4, 0, 0, 13, 16]);
  expect(shape).toEqual([3, 2]);
  await compiled.dispose();
});

test('fused operators of ONNX Runtime are used', () => {
  const compiled = jit((x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
    layerNorm(gelu(linear(x, w, b)), b, b, 1e-12),
  );
  const text = compiled.graph(normals('x', [2, 3]), normals('w', [4, 3]), normals('b', [4]));
  const operators = [...text.matchAll(/= (\w+)/g)].map(([, operator]) => operator);
  expect(operators).toEqual(['Gemm', 'Gelu', 'LayerNormalization']);
});
