import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from './differentiate.ts';

/**
 * Tokens that a graph works on at once. ONNX Runtime multiplies matrices of 512 rows faster than those of 2,048, whose
 * panels leave the cache: a BERT-base step takes 10 % less time in four groups (2 cores of a Sapphire Rapids server).
 */
export const defaultTokensAtOnce = 512;

/** Takes a group's rows out of a tensor whose first axis is the batch. */
export type Take = (tensor: tf.Tensor) => tf.Tensor;

/**
 * Divides a batch into groups of equally many rows, as many groups as leave each the given number of tokens at least.
 * Rows do not depend on one another, so each group can go through a whole graph by itself.
 * @param batch B
 * @param length L
 * @param together rows that follow one another and are not divided; Infinity for all
 */
export function rowGroups(
  batch: number,
  length: number,
  tokensAtOnce: number,
  together = 1,
): readonly Take[] {
  const units = batch / Math.min(batch, together);
  const counts = Array.from({ length: units }, (_, index) => units - index);
  const count =
    counts.find((groups) => units % groups === 0 && (batch / groups) * length >= tokensAtOnce) ?? 1;
  const rows = batch / count;
  if (count === 1) return [(tensor) => tensor];
  return Array.from({ length: count }, (_, group): Take => (tensor) => {
    const begin = [group * rows, ...tensor.shape.slice(1).fill(0)];
    return tf.slice(tensor, begin, [rows, ...tensor.shape.slice(1)]);
  });
}

/** Joins the groups' tensors of one name, or several. */
type Join = (name: string, parts: readonly tf.Tensor[]) => tf.Tensor;

/** Joins the groups' results name by name. */
export function joinGroups(parts: readonly Tensors[], join: Join): Tensors {
  const [first = {}] = parts;
  if (parts.length === 1) return first;
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      join(
        name,
        parts.flatMap((part) => part[name] ?? []),
      ),
    ]),
  );
}

/** Adds up what each group contributes. */
export function sumOf(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.reduce((sum, part) => tf.add(sum, part));
}

/** Joins a layer's or a classifier's values: residuals [T, B] by their second axis, all else by its first. */
export const joinValues: Join = (name, parts) =>
  tf.concat([...parts], /^(absolute|relative)\./.test(name) ? 1 : 0);

/** Joins gradients: those by the input named, which has rows of its own, side by side; the rest add up. */
export function joinGradients(input: string): Join {
  return (name, parts) => (name === input ? tf.concat([...parts], 0) : sumOf(parts));
}
