import { floatTensor, intTensor, type HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { gelu, type TensorTree } from '../src/index.ts';
import { jit } from '../src/node.ts';
import { useCpuBackend } from './support/cpu-backend.ts';
import { integers, scalar, truths, vector } from './support/host-values.ts';

beforeAll(useCpuBackend);

const pair = ({ x, y }: { x: tf.Tensor; y: readonly [tf.Tensor, tf.Tensor] }) => ({
  sum: tf.add(x, y[0]),
  parts: [tf.mul(x, y[1]), { both: tf.add(y[0], y[1]) }] as const,
});
const pairArguments = [{ x: vector(1, 2), y: [vector(3, 4), vector(5, 6)] }] as const;

test('arguments and results are trees; records and lists keep their form', async () => {
  const compiled = jit(pair);
  const { sum, parts } = await compiled(...pairArguments);
  expect([sum, parts[0], parts[1].both].map(({ data }) => [...data])).toEqual([
    [4, 6],
    [5, 12],
    [8, 10],
  ]);
  await compiled.dispose();
});

test('float32, int32 and bool cross in both directions', async () => {
  const compiled = jit((x: tf.Tensor, i: tf.Tensor, b: tf.Tensor) => ({
    float: tf.where(b, x, tf.zerosLike(x)),
    int: tf.add(i, tf.scalar(1, 'int32')),
    bool: tf.logicalNot(b),
  }));
  const { float, int, bool } = await compiled(vector(1, 2), integers(3, 4), truths(true, false));
  expect([float, int, bool]).toEqual([vector(1, 0), integers(4, 5), truths(false, true)]);
  await compiled.dispose();
});

test('results go into the buffers that were given, and only those; the others are new', async () => {
  const compiled = jit(pair);
  const both = vector(0, 0);
  const first = await compiled.run(pairArguments, { into: { parts: [undefined, { both }] } });
  expect(first.parts[1].both).toBe(both);
  expect([...both.data]).toEqual([8, 10]);
  const second = await compiled(...pairArguments);
  expect(second.sum.data).not.toBe(first.sum.data);
  expect(second.sum).toEqual(first.sum);
  await compiled.dispose();
});

test('inputs are read in place: a value changed between calls is seen', async () => {
  const compiled = jit((x: tf.Tensor) => tf.mul(x, 2));
  const x = vector(1, 2);
  await compiled(x);
  x.data[1] = 10;
  expect([...(await compiled(x)).data]).toEqual([2, 20]);
  await compiled.dispose();
});

test('a function is traced once per signature', async () => {
  let traces = 0;
  const compiled = jit((x: tf.Tensor) => {
    traces += 1;
    return tf.neg(x);
  });
  await compiled(vector(1));
  await compiled(vector(2));
  compiled.graph(vector(3));
  expect(traces).toBe(1);
  await compiled(vector(1, 2));
  await compiled(floatTensor(Float32Array.of(1), [1, 1]));
  expect(traces).toBe(3);
  await compiled.dispose();
});

test('calls may overlap', async () => {
  const compiled = jit((x: tf.Tensor) => tf.square(x));
  const results = await Promise.all([1, 2, 3].map((value) => compiled(scalar(value))));
  expect(results.map(({ data }) => data[0])).toEqual([1, 4, 9]);
  await compiled.dispose();
});

test('the graph shows what was traced, after simplification', () => {
  const compiled = jit((x: tf.Tensor) => tf.grad((y: tf.Tensor) => tf.sum(tf.square(y)))(x), {
    name: 'slope',
  });
  expect(compiled.graph(vector(1, 2))).toMatchInlineSnapshot(`
"graph slope(arg0: f32[2]) {
  %0: f32[2] = Mul(arg0, f32 2)
  return out = %0
}"
`);
});

test('tracing leaves no tensor behind and the backend as it was, also when it fails', async () => {
  const before = tf.memory().numTensors;
  const good = jit((x: tf.Tensor) => tf.grad((y: tf.Tensor) => tf.sum(gelu(y)))(x));
  good.graph(vector(1, 2));
  const bad = jit((x: tf.Tensor) =>
    tf.grad((y: tf.Tensor) => {
      const value = tf.mul(gelu(y), tf.tanh(y));
      value.dataSync();
      return tf.sum(value);
    })(x),
  );
  expect(() => bad.graph(vector(1, 2))).toThrow(/does not look at values/);
  expect(tf.memory().numTensors).toBe(before);
  expect(tf.getBackend()).toBe('cpu');
  await good.dispose();
});

test('tracing works where no backend was ever set, and sets none', async () => {
  tf.removeBackend('cpu');
  const compiled = jit((x: tf.Tensor) => tf.exp(x));
  expect([...(await compiled(vector(0))).data]).toEqual([1]);
  expect(tf.getBackend() as string | null).toBeNull();
  await compiled.dispose();
});

const doubled = (x: tf.Tensor): tf.Tensor => tf.mul(x, 2);

/** The message with which a call of `fn` on `args` is refused. */
async function refusal(
  fn: (x: tf.Tensor) => unknown,
  args: readonly unknown[],
  into?: unknown,
): Promise<string> {
  const compiled = jit(fn as (...args: readonly TensorTree[]) => tf.Tensor, { name: 'fn' });
  try {
    await compiled.run(args as never, { into } as never);
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error';
  } finally {
    await compiled.dispose();
  }
}

const wrongLength: HostTensor = { dtype: 'float32', shape: [3], data: new Float32Array(2) };
const wrongArray = { dtype: 'int32', shape: [1], data: new Float32Array(1) };

test.each<[string, readonly unknown[], unknown, string]>([
  [
    'values that do not fill the shape',
    [wrongLength],
    undefined,
    'jit "fn" argument 0: expected 3 values for float32[3], got 2.',
  ],
  [
    'an array of another type',
    [{ w: wrongArray }],
    undefined,
    'jit "fn" argument 0.w: expected a Float32Array for float32, an Int32Array for int32 or a Uint8Array for bool, got Float32Array for int32.',
  ],
  [
    'a number',
    [1],
    undefined,
    'jit "fn" argument 0: expected a host tensor (or lists and records of them), got number. Make one with floatTensor, intTensor or boolTensor of @im-bert/core.',
  ],
  [
    'a missing tensor',
    [{ w: null }],
    undefined,
    'jit "fn" argument 0.w: expected a host tensor (or lists and records of them), got null. Make one with floatTensor, intTensor or boolTensor of @im-bert/core.',
  ],
  [
    'a buffer of another shape',
    [vector(1, 2)],
    vector(0),
    'jit "fn" buffer for out: expected float32[2], got float32[1].',
  ],
  [
    'a buffer of another type',
    [vector(1)],
    intTensor(new Int32Array(1), [1]),
    'jit "fn" buffer for out: expected float32[1], got int32[1].',
  ],
  [
    'a buffer for nothing',
    [vector(1)],
    { gradient: vector(0) },
    'jit "fn" buffer for out.gradient: expected one of out, got out.gradient.',
  ],
])('%s is refused with its place, what was expected and what came', async (_title, args, into, message) => {
  expect(await refusal(doubled, args, into)).toBe(message);
});

test.each<[string, (x: tf.Tensor) => unknown, string]>([
  [
    'a number',
    () => ({ loss: 1 }),
    'jit "fn" result at loss: expected a tensor, or lists and records of tensors, got number. Return only tensors; wrap numbers in tf.scalar.',
  ],
  [
    'nothing',
    () => undefined,
    'jit "fn" result: expected a tensor, or lists and records of tensors, got undefined. Return only tensors; wrap numbers in tf.scalar.',
  ],
])('a function that returns %s is refused', async (_title, fn, message) => {
  expect(await refusal(fn, [vector(1)])).toBe(message);
});

test('after dispose a call is an error, and disposing again is not', async () => {
  const compiled = jit(doubled, { name: 'doubled' });
  await compiled(vector(1));
  await compiled.dispose();
  await compiled.dispose();
  await expect(compiled(vector(1))).rejects.toThrow(
    'jit "doubled": expected a compiled function in use, got a call after dispose().',
  );
});
