import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, TfjsKernel } from '../kernels/kernels.ts';

/** The gradient of each input, to be computed when it is asked for. */
type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/** How one kernel is differentiated. It keeps the kernel's inputs and never its outputs: why is said in second-order.ts. */
export interface Rule<Attributes> {
  /** The inputs that are kept, by name; `all` for a kernel that takes a list. */
  readonly saves: readonly string[] | 'all';
  readonly gradient: (
    dys: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
    attributes: Attributes,
  ) => InputGradients;
}

/** A kernel that cannot be differentiated, and why. */
export interface NoGradient {
  readonly none: string;
}

/** Kernels of tfjs that we lower; those of our own have their gradients beside them (ops). */
export type StockKernel = Extract<keyof Kernels, TfjsKernel>;

/** A family's table: a kernel of the family without a decision does not compile. */
export type Gradients<Name extends StockKernel> = {
  readonly [Each in Name]: Rule<Kernels[Each]['attributes']> | NoGradient;
};

/** The tensor at a place. @throws Error if the kernel was called with fewer (a defect of ours) */
function at(tensors: readonly tf.Tensor[], place: number): tf.Tensor {
  const tensor = tensors[place];
  if (tensor === undefined) throw new Error(`gradient: tensor ${place} of ${tensors.length}`);
  return tensor;
}

/** Gradient of a kernel with one input: dx from dy and x. */
export function unary<Attributes>(
  rule: (dy: tf.Tensor, x: tf.Tensor, attributes: Attributes) => tf.Tensor,
  input = 'x',
): Rule<Attributes> {
  return {
    saves: [input],
    gradient: (dys, saved, attributes) => ({ [input]: () => rule(at(dys, 0), at(saved, 0), attributes) }),
  };
}

/** The gradient by one of two inputs from dy and both. */
type BinaryRule<Attributes> = (
  dy: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  attributes: Attributes,
) => tf.Tensor;

/** Gradient of a kernel with two inputs. */
export function binary<Attributes>(
  byA: BinaryRule<Attributes>,
  byB: BinaryRule<Attributes>,
  [a, b]: readonly [string, string] = ['a', 'b'],
): Rule<Attributes> {
  return {
    saves: [a, b],
    gradient: (dys, saved, attributes) => {
      const operands = [at(dys, 0), at(saved, 0), at(saved, 1)] as const;
      return { [a]: () => byA(...operands, attributes), [b]: () => byB(...operands, attributes) };
    },
  };
}

/** Gradient of a kernel that takes a list of tensors: that by input `index`. */
export function variadic<Attributes>(
  rule: (dy: tf.Tensor, inputs: readonly tf.Tensor[], index: number, attributes: Attributes) => tf.Tensor,
): Rule<Attributes> {
  return {
    saves: 'all',
    gradient: (dys, saved, attributes) =>
      Object.fromEntries(saved.map((_, index) => [index, () => rule(at(dys, 0), saved, index, attributes)])),
  };
}

/** Gradient of a kernel with one input and several outputs; tfjs fills the unused ones' gradients with zeros. */
export function splitting<Attributes>(
  input: string,
  rule: (dys: readonly tf.Tensor[], x: tf.Tensor, attributes: Attributes) => tf.Tensor,
): Rule<Attributes> {
  return {
    saves: [input],
    gradient: (dys, saved, attributes) => ({ [input]: () => rule(dys, at(saved, 0), attributes) }),
  };
}

/** The gradient by an input that is not a float (ids, a condition), or by which nothing changes. */
export function nothing(_dy: tf.Tensor, a: tf.Tensor, b?: tf.Tensor): tf.Tensor {
  return tf.zeros((b ?? a).shape);
}

/** A kernel that is constant between jumps, such as a comparison: zero for every input, whatever its type. */
export function zero(...inputs: readonly string[]): Rule<unknown> {
  return {
    saves: inputs,
    gradient: (_dys, saved) =>
      Object.fromEntries(inputs.map((name, place) => [name, () => tf.zeros(at(saved, place).shape)])),
  };
}
