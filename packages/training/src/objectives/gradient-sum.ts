import { zerosLike } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { mapTensors } from '../named-tensors.ts';

/** Adds up the gradients of several passes, of which each overwrites its buffers. */
export class GradientSum {
  #scratch: NamedTensors | undefined;

  /** Where a later pass of the step may write; the same buffers in every step. */
  scratch(like: NamedTensors): NamedTensors {
    return (this.#scratch ??= mapTensors(like, zerosLike));
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
