import { readFileSync } from 'node:fs';
import { floatTensor, type HostTensor, intTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { embeddingLookup } from '../src/index.ts';
import { jit } from '../src/node.ts';
import { useCpuBackend } from './support/cpu-backend.ts';

const vector = (...values: number[]) => floatTensor(Float32Array.from(values), [values.length]);
const integers = (...values: number[]) => intTensor(Int32Array.from(values), [values.length]);

/** Runs a function compiled, for each list of arguments in turn, and gives the values of its one result. */
async function runs(fn: (...xs: tf.Tensor[]) => tf.Tensor, ...calls: HostTensor[][]): Promise<number[][]> {
  const compiled = jit(fn);
  const results: number[][] = [];
  for (const inputs of calls) results.push([...(await compiled(...inputs)).data]);
  await compiled.dispose();
  return results;
}

/** What a call of the compiled function says instead of giving a result. */
async function refusal(fn: (...xs: tf.Tensor[]) => unknown, ...inputs: unknown[]): Promise<string> {
  const compiled = jit(fn as (...xs: tf.Tensor[]) => tf.Tensor);
  try {
    await compiled(...(inputs as HostTensor[]));
  } catch (error) {
    return String(error);
  } finally {
    await compiled.dispose();
  }
  return 'no error';
}

const differences: Readonly<Record<string, () => Promise<void> | void>> = {
  'A JavaScript number is a constant': async () => {
    let rate = 2;
    const scaled = (x: tf.Tensor): tf.Tensor => {
      const value = tf.mul(x, rate);
      rate = 3;
      return value;
    };
    expect(await runs(scaled, [vector(1)], [vector(1)])).toEqual([[2], [2]]);
    const passed = (x: tf.Tensor, by: tf.Tensor): tf.Tensor => tf.mul(x, by);
    expect(await runs(passed, [vector(1), vector(2)], [vector(1), vector(3)])).toEqual([[2], [3]]);
  },

  'Random numbers are constants': async () => {
    for (const noise of [tf.randomNormal, tf.randomUniform] as const) {
      const [once, again] = await runs((x) => tf.add(x, noise([1])), [vector(0)], [vector(0)]);
      expect(again).toEqual(once);
    }
    const ones = vector(...new Array<number>(32).fill(1));
    const [once, again] = await runs((x) => tf.dropout(x, 0.5), [ones], [ones]);
    expect(again).toEqual(once);
  },

  'Shapes and dtypes are constants': async () => {
    let traces = 0;
    const sumByLoop = (x: tf.Tensor): tf.Tensor => {
      traces += 1;
      let sum: tf.Tensor = tf.zeros([1]);
      for (let i = 0; i < x.size; i += 1) sum = tf.add(sum, tf.slice(x, i, 1));
      return sum;
    };
    expect(await runs(sumByLoop, [vector(1, 2)], [vector(1, 2, 3)], [vector(4, 5)])).toEqual([[3], [6], [9]]);
    expect(traces).toBe(2);
    expect(await runs((x) => (x.dtype === 'int32' ? x : tf.neg(x)), [vector(1)], [integers(1)])).toEqual([
      [-1],
      [1],
    ]);
  },

  'Side effects happen once a signature': async () => {
    const log: string[] = [];
    const logging = (x: tf.Tensor): tf.Tensor => {
      log.push(`shape ${x.shape.join()}`);
      return tf.neg(x);
    };
    await runs(logging, [vector(1)], [vector(2)], [vector(1, 2)], [vector(3)]);
    expect(log).toEqual(['shape 1', 'shape 2']);
  },

  "The order of an object's keys means nothing": async () => {
    let traces = 0;
    const compiled = jit(({ a, b }: { a: tf.Tensor; b: tf.Tensor }) => {
      traces += 1;
      return tf.sub(a, b);
    });
    const [a, b] = [vector(3), vector(1)];
    expect([...(await compiled({ a, b })).data, ...(await compiled({ b, a })).data]).toEqual([2, 2]);
    expect(traces).toBe(1);
    await compiled.dispose();
  },

  'Reading a value': async () => {
    const readers: ((x: tf.Tensor) => tf.Tensor)[] = [
      (x) => tf.mul(x, x.dataSync()[0] ?? 0),
      (x) => ((tf.sum(x).arraySync() as number) > 0 ? x : tf.neg(x)),
      (x) => {
        x.print();
        return x;
      },
    ];
    for (const reader of readers)
      expect(await refusal(reader, vector(1))).toMatch(
        /tracing\.test\.ts:\d+.*does not look at values.*tf\.where/,
      );
    expect(await runs((x) => tf.mul(x, tf.scalar(2).dataSync()[0] ?? 0), [vector(1)])).toEqual([[2]]);
    expect(await runs((x) => tf.where(tf.greater(tf.sum(x), 0), x, tf.neg(x)), [vector(-3)])).toEqual([[3]]);
  },

  'Awaiting a value': async () => {
    const awaiting = async (x: tf.Tensor): Promise<tf.Tensor> => tf.mul(x, (await x.data())[0] ?? 0);
    expect(await refusal(awaiting, vector(1))).toMatch(/expected a tensor.*got a promise/);
  },

  'A tensor from outside': async () => {
    const outside = tf.tensor1d([1, 2]);
    const variable = tf.variable(outside);
    for (const foreign of [outside, variable])
      expect(await refusal((x) => tf.add(x, foreign), vector(1, 2))).toMatch(
        /made outside.*Pass it as an argument/,
      );
    tf.dispose([outside, variable]);
  },

  'A tensor kept from an earlier trace': async () => {
    const kept: tf.Tensor[] = [];
    const keeping = (x: tf.Tensor): tf.Tensor => {
      kept.push(tf.keep(tf.neg(x)));
      return x;
    };
    expect(await refusal(keeping, vector(1))).toMatch(
      /nothing that it makes outlives it.*return its new value/,
    );
    expect(await refusal((x) => tf.add(x, kept[0] ?? 0), vector(1))).toMatch(/leaked from an earlier trace/);
  },

  'Assigning to a variable': async () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const descend = (x: tf.Tensor): tf.Tensor => {
      tf.train.sgd(0.1).minimize(() => tf.sum<tf.Scalar>(tf.mul(weight, x)), false, [weight]);
      return x;
    };
    expect(await refusal(descend, vector(1))).toMatch(/made outside/);
    expect([...weight.dataSync()]).toEqual([1]);
    weight.dispose();
  },

  'A kernel without a lowering': async () => {
    const transform = (x: tf.Tensor): tf.Tensor => tf.real(tf.fft(tf.complex(x, x)));
    expect(await refusal(transform, vector(1, 2))).toMatch(
      /tracing\.test\.ts:\d+.*kernel Complex.*complex numbers/,
    );
    const unique = (x: tf.Tensor): tf.Tensor => tf.unique(x).values;
    expect(await refusal(unique, vector(1, 1))).toMatch(/kernel Unique.*depends on values/);
  },

  'An argument that is not a host tensor': async () => {
    const second = (_x: tf.Tensor, y: tf.Tensor): tf.Tensor => y;
    expect(await refusal(second, vector(1), 2)).toMatch(/argument 1: expected a host tensor.*got number/);
    expect(await refusal(second, 'x', vector(1))).toMatch(/argument 0: expected a host tensor.*got string/);
    const tensor = tf.tensor1d([1]);
    expect(await refusal(second, tensor, vector(1))).toMatch(/argument 0: expected a host tensor/);
    tensor.dispose();
  },

  'A compiled function inside a traced one': async () => {
    const inner = jit((x: tf.Tensor) => tf.neg(x));
    const outer = (x: tf.Tensor): tf.Tensor => {
      inner.graph(vector(1));
      return x;
    };
    expect(await refusal(outer, vector(1))).toMatch(/inside a traced one.*Call the plain function/);
    await inner.dispose();
  },

  'Arithmetic is in float32 throughout': async () => {
    const square = (x: tf.Tensor): tf.Tensor => tf.erf(x);
    const [traced = []] = await runs(square, [vector(0.5)]);
    const eager = tf.tidy(() => tf.erf(tf.tensor1d([0.5])).dataSync()[0] ?? NaN);
    const exact = 0.5204998778130465; // erf(1/2), Abramowitz & Stegun table 7.1
    expect(Math.abs((traced[0] ?? NaN) - exact)).toBeLessThan(6e-8);
    expect(Math.abs(eager - exact)).toBeLessThan(2e-7);
  },

  'The sign of zero is lost in a choice': async () => {
    const choose = (x: tf.Tensor): tf.Tensor => tf.where(tf.lessEqual(x, 0), x, tf.onesLike(x));
    const [[traced] = []] = await runs(choose, [vector(-0)]);
    const eager = tf.tidy(() => choose(tf.tensor1d([-0])).dataSync()[0]);
    expect([Object.is(traced, 0), Object.is(eager, -0)]).toEqual([true, true]);
  },

  'One to the power of NaN is one': async () => {
    const power = (x: tf.Tensor): tf.Tensor => tf.pow(tf.onesLike(x), x);
    expect(await runs(power, [vector(NaN, Infinity, 2)])).toEqual([[1, 1, 1]]);
    expect([...tf.tidy(() => power(tf.tensor1d([NaN, Infinity, 2])).dataSync())]).toEqual([NaN, NaN, 1]);
  },

  'An id out of range is an error of the run': async () => {
    const pick = (x: tf.Tensor, ids: tf.Tensor): tf.Tensor => tf.gather(x, ids);
    expect(await refusal(pick, vector(1, 2), integers(2))).toMatch(/out of data bounds/);
    expect(await runs(pick, [vector(1, 2), integers(-1)])).toEqual([[2]]);
    for (const id of [2, -1])
      expect(() => tf.tidy(() => pick(tf.tensor1d([1, 2]), tf.tensor1d([id], 'int32')))).toThrow();
  },

  'Repeated rows are summed in order': async () => {
    // 2^24 + 1 is 2^24 in float32: only the order 1 + 1 + .. first would show the ones.
    const updates = floatTensor(Float32Array.of(2 ** 24, 1, 1, 1, 1), [5, 1]);
    const lookup = (table: tf.Tensor, ids: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
      tf.grad((rows: tf.Tensor) => embeddingLookup(rows, ids))(table, dy);
    const table = floatTensor(Float32Array.of(0, 0), [2, 1]);
    expect(await runs(lookup, [table, integers(1, 1, 1, 1, 1), updates])).toEqual([[0, 2 ** 24]]);
  },

  'Memory is planned for the whole graph': async () => {
    const disposing = (x: tf.Tensor): tf.Tensor => {
      const square = tf.square(x);
      const result = tf.tidy(() => tf.add(square, 1));
      square.dispose();
      return result;
    };
    expect(await runs(disposing, [vector(2)], [vector(3)])).toEqual([[5], [10]]);
  },
};

beforeAll(useCpuBackend);

test.each(Object.entries(differences))('%s', async (_heading, check) => {
  await check();
});

test('each entry of TRACING.md has a test, and each test an entry', () => {
  const page = readFileSync(new URL('../TRACING.md', import.meta.url), 'utf8');
  const headings = page.split('\n').flatMap((line) => (line.startsWith('### ') ? [line.slice(4)] : []));
  expect(headings).toEqual(Object.keys(differences));
});
