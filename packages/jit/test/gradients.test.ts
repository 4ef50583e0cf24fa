import type { HostTensor } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  enableSecondOrderGradients,
  gradients,
  secondOrderGradients,
} from '../src/gradients/second-order.ts';
import { jit } from '../src/node.ts';
import { useCpuBackend } from './support/cpu-backend.ts';
import {
  type Differentiable,
  expectedFirst,
  expectedSecond,
  firstGradient,
  flatten,
  relativeError,
  secondGradient,
  toTensor,
} from './support/derivatives.ts';
import { encoderOps } from './support/encoder-ops.ts';
import { stockElu, stockExp, stockSigmoid, stockSoftmax, stockTanh } from './support/stock-gradients.ts';

/** What differences of float32 values resolve (see `differences`); ten times more for second derivatives. */
const tolerance = { first: 2e-4, second: 5e-4 };

type Gradient = (f: Differentiable, inputs: tf.Tensor[]) => tf.Tensor[];

function evaluate(gradient: Gradient, name: string): number[] {
  const { f, inputs } = caseOf(name);
  return flatten(tf.tidy(() => gradient(f, inputs.map(toTensor))));
}

async function evaluateTraced(name: string): Promise<{ first: number[]; second: number[] }> {
  const { f, inputs } = caseOf(name);
  const compiled = jit((xs: readonly tf.Tensor[]) => ({
    first: firstGradient(f, [...xs]),
    second: secondGradient(f, [...xs]),
  }));
  const { first, second } = await compiled(inputs);
  await compiled.dispose();
  const numbers = (tensors: readonly HostTensor[]): number[] => tensors.flatMap(({ data }) => [...data]);
  return { first: numbers(first), second: numbers(second) };
}

function caseOf(name: string): (typeof encoderOps)[string] {
  const found = encoderOps[name];
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

/** Runs with one gradient of stock tfjs in place of ours. */
function withStock<Result>(stock: tf.GradConfig, run: () => Result): Result {
  tf.unregisterGradient(stock.kernelName);
  tf.registerGradient(stock);
  try {
    return run();
  } finally {
    enableSecondOrderGradients();
  }
}

beforeAll(async () => {
  await useCpuBackend();
  enableSecondOrderGradients();
});

describe.each(Object.keys(encoderOps))('%s', (name) => {
  const { f, inputs } = caseOf(name);
  let first: number[] = [];
  let second: number[] = [];

  beforeAll(() => {
    first = expectedFirst(f, inputs);
    second = expectedSecond(f, inputs);
  });

  test('has the gradient that finite differences have', () => {
    expect(relativeError(evaluate(firstGradient, name), first)).toBeLessThan(tolerance.first);
  });

  test('has the second gradient that finite differences have', () => {
    expect(relativeError(evaluate(secondGradient, name), second)).toBeLessThan(tolerance.second);
  });

  test('has both when traced', async () => {
    const traced = await evaluateTraced(name);
    expect(relativeError(traced.first, first)).toBeLessThan(tolerance.first);
    expect(relativeError(traced.second, second)).toBeLessThan(tolerance.second);
  });
});

describe('the gates fail, as they must, with the gradients of stock tfjs', () => {
  test.each([
    ['tf.softmax', stockSoftmax],
    ['exp', stockExp],
    ['tanh', stockTanh],
    ['sigmoid', stockSigmoid],
  ])('second gradient of %s', (name, stock) => {
    const { f, inputs } = caseOf(name);
    const error = withStock(stock, () =>
      relativeError(evaluate(secondGradient, name), expectedSecond(f, inputs)),
    );
    expect(error).toBeGreaterThan(0.1);
  });

  test.each([
    ['running product', 'Cumprod', 'x'],
    ['product over two axes', 'Prod', 'x'],
    ['gatherND with a repeated index', 'GatherNd', 'params'],
    ['scatterND with a repeated index', 'ScatterNd', 'updates'],
    ['mirrorPad, reflected', 'MirrorPad', 'x'],
    ['stridedSlice backwards', 'StridedSlice', 'x'],
    ['topk', 'TopK', 'x'],
    ['diag', 'Diag', 'x'],
    ['einsum of attention scores', 'Einsum', '0'],
  ])('first gradient of %s, when it is lost', (name, kernelName, input) => {
    const { f, inputs } = caseOf(name);
    const lost: tf.GradConfig = {
      kernelName,
      gradFunc: () =>
        Object.fromEntries(
          inputs.map((x, place) => [place === 0 ? input : place, () => tf.zeros([...x.shape])]),
        ),
    };
    const error = withStock(lost, () =>
      relativeError(evaluate(firstGradient, name), expectedFirst(f, inputs)),
    );
    expect(error).toBeGreaterThan(0.1);
  });

  test('second gradient of attention with the stock softmax', () => {
    const { f, inputs } = caseOf('attention with tf.softmax');
    // The expectation needs first gradients only, which stock tfjs has right.
    const expected = expectedSecond(f, inputs);
    const actual = withStock(stockSoftmax, () => evaluate(secondGradient, 'attention with tf.softmax'));
    expect(relativeError(actual, expected)).toBeGreaterThan(0.1);
  });

  test('first gradients are the same, so that training looks right until a gradient is nested', () => {
    const ours = evaluate(firstGradient, 'attention with tf.softmax');
    const theirs = withStock(stockSoftmax, () => evaluate(firstGradient, 'attention with tf.softmax'));
    expect(relativeError(theirs, ours)).toBeLessThan(1e-6);
  });
});

test('enableSecondOrderGradients restores what another package registered over it, and is silent in debug mode', () => {
  const [warnings, warn] = [[] as unknown[][], console.warn];
  console.warn = (...words: unknown[]) => void warnings.push(words);
  tf.env().set('DEBUG', true);
  tf.env().set('IS_TEST', false);
  try {
    withStock(stockElu, () => {
      expect(tf.getGradient('Elu')).toBe(stockElu);
    });
    warnings.length = 0;
    enableSecondOrderGradients();
    enableSecondOrderGradients();
    expect(warnings).toEqual([]);
  } finally {
    tf.env().set('DEBUG', false);
    tf.env().set('IS_TEST', true);
    console.warn = warn;
  }
  expect(secondOrderGradients.every((config) => tf.getGradient(config.kernelName) === config)).toBe(true);
});

test('no gradient keeps an output of its kernel, and no kernel has two', () => {
  expect(secondOrderGradients.filter(({ outputsToSave }) => outputsToSave !== undefined)).toEqual([]);
  const names = secondOrderGradients.map(({ kernelName }) => kernelName);
  expect(new Set(names).size).toBe(names.length);
});

test('every gradient of the table is used by some case', async () => {
  const used = new Set<string>();
  for (const { f, inputs } of Object.values(encoderOps)) {
    const profile = await tf.profile(() => tf.tidy(() => firstGradient(f, inputs.map(toTensor))));
    for (const name of profile.kernelNames) used.add(name);
  }
  const rules = Object.entries(gradients).filter(([, rule]) => !('none' in rule));
  expect(rules.map(([name]) => name).filter((name) => !used.has(name))).toEqual([]);
});

test('a kernel without a gradient says why', () => {
  const product = (a: tf.Tensor): tf.Tensor =>
    tf.sum(tf.engine().runKernel<tf.Tensor>('_FusedMatMul', { a, b: a }, { activation: 'linear' }));
  expect(() => tf.tidy(() => tf.grad(product)(tf.ones([2, 2])))).toThrow(
    'The kernel _FusedMatMul has no gradient: tf.fused.matMul, which alone calls it, brings a gradient of its own.',
  );
});

test('a nested gradient leaves no tensor behind', () => {
  const { f, inputs } = caseOf('encoder layer');
  const tensors = inputs.map(toTensor);
  const run = (): void => {
    tf.dispose(secondGradient(f, tensors));
  };
  tf.tidy(run);
  const before = tf.memory().numTensors;
  tf.tidy(run);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(tensors);
});
