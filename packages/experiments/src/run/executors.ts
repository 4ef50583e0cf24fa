import { totalmem } from 'node:os';
import { canonicalJson, type Json } from '@im-bert/core';
import type { Engine, EngineName, EngineOptions } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import { createExecutor, type Executor, type Model } from '@im-bert/models';

/** Share of the machine's memory that this process may fill with compiled structures that are not in use. */
const memoryShare = 0.35;

/** Compiled structures that are kept at a time, at most. */
const kept = 12;

/**
 * Executors by structure (shape, connection, number of classes). Weights are arguments of an executor, so cells that
 * differ in seed, task or weights only share one, and nothing is compiled twice. Each holds its graphs and their work
 * memory, one for each length of batch; when that gets much, the least recently used goes first.
 */
export class ExecutorPool {
  readonly #engine: Engine;
  readonly #executors = new Map<string, Executor>();
  readonly #isFull: () => boolean;

  /** @param isFull whether the process holds so much memory that idle executors should go */
  constructor(engine: Engine, isFull = (): boolean => process.memoryUsage.rss() > memoryShare * totalmem()) {
    this.#engine = engine;
    this.#isFull = isFull;
  }

  /** What computes; other programs may be compiled on it. */
  get engine(): Engine {
    return this.#engine;
  }

  /** The structure's executor, which is now the most recently used. */
  async executor({ config, connection, labels }: Model): Promise<Executor> {
    const structure = { config, connection, labels };
    const key = canonicalJson(JSON.parse(JSON.stringify(structure)) as Json);
    const executor = this.#executors.get(key) ?? createExecutor(this.#engine, structure);
    this.#executors.delete(key);
    this.#executors.set(key, executor);
    while (this.#executors.size > 1 && (this.#executors.size > kept || this.#isFull()))
      await this.#dropOldest();
    return executor;
  }

  async dispose(): Promise<void> {
    while (this.#executors.size > 0) await this.#dropOldest();
    await this.#engine.dispose();
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#executors;
    if (oldest === undefined) return;
    const [key, executor] = oldest;
    this.#executors.delete(key);
    await executor.dispose();
  }
}

/** A pool over an engine of that name. @throws UserError if the engine is not there */
export async function openExecutorPool(name: EngineName, options: EngineOptions): Promise<ExecutorPool> {
  return new ExecutorPool(await createEngine(name, options));
}
