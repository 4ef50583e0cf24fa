import type { NamedTensors } from '@im-bert/models';

/** Adds up the gradients of several passes, of which each overwrites its buffers. */
export class GradientSum {
  #scratch: NamedTensors | undefined;

  /** Where a later pass of the step may write; the same buffers in every step. */
  scratch(like: NamedTensors): NamedTensors {
    this.#scratch ??= Object.fromEntries(
      Object.entries(like).map(([name, { shape, data }]) => [
        name,
        { dtype: 'float32' as const, shape, data: new Float32Array(data.length) },
      ]),
    );
    return this.#scratch;
  }

  /** Adds the scratch to `into`. */
  addTo(into: NamedTensors): void {
    for (const [name, { data }] of Object.entries(into)) {
      const term = this.#scratch?.[name]?.data;
      if (term === undefined) throw new Error(`gradients: expected a term named ${name}, got none.`);
      for (let index = 0; index < data.length; index++) data[index] = (data[index] ?? 0) + (term[index] ?? 0);
    }
  }
}
