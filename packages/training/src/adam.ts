import { zerosLike } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';
import { z } from 'zod';
import { type AdamKernel, createAdamKernel } from './adam-kernel.ts';
import { blocks, markNonzero, segmentFlags } from './blocks.ts';
import { mapTensors } from './named-tensors.ts';

/** Adam (Kingma and Ba, 2015) with bias correction and without weight decay, as torch.optim.Adam. */
export const adamSchema = z.strictObject({
  name: z.literal('adam').default('adam').describe('Adam with bias correction, no weight decay.'),
  learningRate: z.number().positive().default(2e-5).describe('Largest rate of the schedule (paper: 2e-5).'),
  beta1: z.number().min(0).lt(1).default(0.9).describe('Decay of the mean of gradients, per step.'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the mean of squared gradients, per step.'),
  epsilon: z
    .number()
    .positive()
    .default(1e-8)
    .describe('Added to the root of the second moment, after its bias correction.'),
});

/** Adam's settings with every default filled in. */
export type AdamSpec = z.infer<typeof adamSchema>;

/** What Adam remembers: two moments a weight and the number of updates. */
export interface AdamState {
  updates: number;
  readonly mean: NamedTensors;
  readonly square: NamedTensors;
}

/** The state before the first update. */
export function initialAdamState(parameters: NamedTensors): AdamState {
  return { updates: 0, mean: mapTensors(parameters, zerosLike), square: mapTensors(parameters, zerosLike) };
}

const smallestNormal = 2 ** -126;

/** Applies Adam and measures gradients, in place and in pieces that let the event loop turn. */
export class Adam {
  readonly #kernel: AdamKernel = createAdamKernel();
  readonly #spec: AdamSpec;
  /** By the tensor of a mean, the segments whose moments are not all zero. */
  readonly #moving = new WeakMap<Float32Array, Uint8Array>();

  constructor(spec: AdamSpec) {
    this.#spec = spec;
  }

  /** Global L2 norm of gradients, summed in doubles in the order of the names. */
  async norm(gradients: NamedTensors): Promise<number> {
    const { gradient, sumOfSquares } = this.#kernel;
    let sum = 0;
    for await (const [name, start, end] of blocks(gradients)) {
      fill(gradient, tensor(gradients, name), start, end);
      sum += sumOfSquares(alignedBytes(end - start));
    }
    return Math.sqrt(sum);
  }

  /**
   * One update: changes `parameters` and `state`. Where gradient and moments are zero, as in the rows of words that no
   * batch has had yet, Adam changes nothing, and nothing is computed.
   *
   * @param learningRate of this step
   * @param gradientScale multiplies the gradients first; below 1 where they are clipped
   */
  async update(
    parameters: NamedTensors,
    gradients: NamedTensors,
    state: AdamState,
    learningRate: number,
    gradientScale: number,
  ): Promise<void> {
    const { beta1, beta2, epsilon } = this.#spec;
    state.updates += 1;
    const step = learningRate / (1 - beta1 ** state.updates);
    const rootScale = 1 / Math.sqrt(1 - beta2 ** state.updates);
    const kernel = this.#kernel;
    for await (const [name, start, end] of blocks(parameters, (name) =>
      this.#segments(tensor(gradients, name), tensor(state.mean, name), tensor(state.square, name)),
    )) {
      const [weight, mean, square] = [parameters, state.mean, state.square].map((set) =>
        tensor(set, name),
      ) as [Float32Array, Float32Array, Float32Array];
      fill(kernel.weight, weight, start, end);
      fill(kernel.gradient, tensor(gradients, name), start, end);
      fill(kernel.mean, mean, start, end);
      fill(kernel.square, square, start, end);
      kernel.update(
        alignedBytes(end - start),
        gradientScale,
        ...([beta1, 1 - beta1, beta2, 1 - beta2, step, rootScale, epsilon, smallestNormal] as const),
      );
      weight.set(kernel.weight.subarray(0, end - start), start);
      mean.set(kernel.mean.subarray(0, end - start), start);
      square.set(kernel.square.subarray(0, end - start), start);
    }
  }

  /** A flag a segment: 1 where an update may change something. Moments are read once, then known by their updates. */
  #segments(gradient: Float32Array, mean: Float32Array, square: Float32Array): Uint8Array {
    let moving = this.#moving.get(mean);
    if (moving === undefined) {
      moving = segmentFlags(mean);
      this.#moving.set(mean, moving);
      markNonzero(moving, mean);
      markNonzero(moving, square);
    }
    markNonzero(moving, gradient);
    return moving;
  }
}

function tensor(tensors: NamedTensors, name: string): Float32Array {
  const found = tensors[name];
  if (found === undefined) throw new Error(`adam: expected a tensor named "${name}", got none.`);
  return found.data;
}

/** Copies values[start, end) to the block's begin and zeros up to the next vector. */
function fill(block: Float32Array, values: Float32Array, start: number, end: number): void {
  block.set(values.subarray(start, end));
  if ((end - start) % 4 !== 0) block.fill(0, end - start, Math.ceil((end - start) / 4) * 4);
}

const alignedBytes = (elements: number): number => Math.ceil(elements / 4) * 16;
