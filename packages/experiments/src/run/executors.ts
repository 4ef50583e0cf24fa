import { canonicalJson, type Json } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createExecutor, type Executor, type Model } from '@im-bert/models';

/** Compiled structures that are kept at a time; each holds its graphs and their work memory. */
const kept = 12;

/**
 * Executors by structure (shape, connection, number of classes). Weights are arguments of an executor, so cells that
 * differ in seed, task or weights only share one, and nothing is compiled twice. The least recently used goes first.
 */
export class ExecutorPool {
  readonly #engine: Engine;
  readonly #executors = new Map<string, Executor>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async executor({ config, connection, labels }: Model): Promise<Executor> {
    const structure = { config, connection, labels };
    const key = canonicalJson(JSON.parse(JSON.stringify(structure)) as Json);
    const executor = this.#executors.get(key) ?? createExecutor(this.#engine, structure);
    this.#executors.delete(key);
    this.#executors.set(key, executor);
    await this.#dropOldest();
    return executor;
  }

  async dispose(): Promise<void> {
    for (const executor of this.#executors.values()) await executor.dispose();
    this.#executors.clear();
    await this.#engine.dispose();
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#executors.keys();
    if (oldest === undefined || this.#executors.size <= kept) return;
    const executor = this.#executors.get(oldest);
    this.#executors.delete(oldest);
    await executor?.dispose();
  }
}
