import type { Engine } from '@im-bert/jit';
import { activationBytes, connectionSchema, createExecutor, type ExecutorOptions } from '@im-bert/models';
import { batch, type Connection, labels, length, model, rows } from './support/executor-case.ts';
import { tinyConfig } from './support/tiny.ts';

/** The name of the first function that the automatic mode runs, without compiling it. */
async function firstLink(connection: Connection, options: ExecutorOptions): Promise<string> {
  const names: string[] = [];
  const spy: Engine = {
    name: 'tfjs',
    description: 'counts what is compiled and run',
    compile: (_fn, options) => {
      const run = (): never => {
        names.push(options?.name ?? '');
        throw new Error('stop');
      };
      return Object.assign(run, { run, graph: run, toOnnx: run, dispose: () => Promise.resolve() });
    },
    dispose: () => Promise.resolve(),
  };
  const { parameters, ...structure } = model(connection);
  await expect(createExecutor(spy, structure, options).logits(parameters, batch)).rejects.toThrow('stop');
  return names.join();
}

const plain: Connection = { kind: 'monotone' };

test('the automatic mode takes the chain where the whole graph would not fit', async () => {
  const activationLimit = activationBytes(model(plain), { batch: rows, length });
  expect(await firstLink(plain, { activationLimit })).toBe('classifier, measured');
  expect(await firstLink(plain, { activationLimit: activationLimit - 1 })).toBe('embeddings');
});

test('the automatic mode takes the chain where the whole graph would compile for long', async () => {
  const descent = (iterations: number): Connection => ({
    kind: 'implicit',
    solver: { name: 'gradient-descent', iterations },
  });
  expect(await firstLink(descent(5), {})).toBe('classifier, measured');
  expect(await firstLink(descent(100), {})).toBe('embeddings');
});

test('the estimate counts what the backward pass reads', () => {
  const base = { ...tinyConfig, width: 768, heads: 12, feedForwardWidth: 3072, layers: 12 };
  const bytes = (connection: Connection): number =>
    activationBytes(
      { config: base, connection: connectionSchema.parse(connection), labels },
      { batch: 16, length: 128 },
    );
  expect(bytes(plain)).toBeGreaterThan(1.8e9); // 2.2 GB measured, copies of the gradients included
  expect(bytes(plain)).toBeLessThan(2.4e9);
  const gradient = (name: 'detached' | 'unrolled' | 'phantom' | 'implicit'): number =>
    bytes({ kind: 'implicit', gradient: { name } }) / bytes(plain);
  expect(gradient('detached')).toBe(1); // the explicit start
  expect(gradient('unrolled')).toBeCloseTo(11, 10); // the start, 5 evaluations and 5 products
  expect(gradient('phantom')).toBe(2);
  expect(gradient('implicit')).toBe(2);
});
