import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '@im-bert/core/tensor';
import { axesOf, axisOf } from '../kernels/axes.ts';
import type { ReductionKernel } from '../kernels/families.ts';
import { keepAxes } from './broadcast.ts';
import { type Gradients, splitting, unary, zero } from './rule.ts';
import { stopGradient } from './stop-gradient.ts';

type Axes = number | readonly number[] | null | undefined;
type Reduction = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** dy wherever x is the extremum (on ties everywhere, as in tfjs); where that is does not depend smoothly on x. */
function atExtremum(dy: tf.Tensor, x: tf.Tensor, axis: Axes, reduce: Reduction): tf.Tensor {
  const [constant, axes] = [stopGradient(x), [...axesOf(axis, x.rank)]];
  const chosen = tf.equal(constant, reduce(constant, axes, true));
  return tf.mul(keepAxes(dy, x.shape, axes), tf.cast(chosen, 'float32'));
}

/** y·(dy - Σ dy·y); the kernel's `dim` is always the last axis. */
function softmaxGradient(dy: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const y = tf.softmax(logits);
  return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)));
}

interface Scan {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * d/dx_k of running products y_i = Π x_j is the same product with x_k left out, for those i that x_k takes part in. Nothing
 * is divided, so zeros among x are no trouble; n² products for a row of n are the price.
 * @param dy [.., n]
 * @param x [.., n]
 */
function runningProductGradient(dy: tf.Tensor, x: tf.Tensor, { exclusive, reverse }: Scan): tf.Tensor {
  const size = x.shape[x.rank - 1] ?? 0;
  const diagonal = tf.eye(size); // [n, n]: which is left out, and place
  const others = tf.where(
    tf.cast(tf.broadcastTo(diagonal, [...x.shape, size]), 'bool'),
    tf.ones([...x.shape, size]),
    tf.expandDims(x, -2),
  ); // [.., n, n]
  const takesPart = tf.cumsum(diagonal, 1, exclusive, reverse); // [n, n]
  const slopes = tf.mul(tf.cumprod(others, x.rank, exclusive, reverse), takesPart); // [.., n, n]
  return tf.sum(tf.mul(slopes, tf.expandDims(dy, -2)), -1);
}

/** The order of axes that brings these last. */
function toTheEnd(rank: number, axes: readonly number[]): number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis);
  return [...all.filter((axis) => !axes.includes(axis)), ...axes];
}

function scanGradient(dy: tf.Tensor, x: tf.Tensor, scan: tf.CumprodAttrs): tf.Tensor {
  const order = toTheEnd(x.rank, [axisOf(scan.axis, x.rank)]);
  const last = runningProductGradient(tf.transpose(dy, order), tf.transpose(x, order), scan);
  return tf.transpose(last, tf.backend_util.getUndoAxesPermutation(order));
}

/** A product is the last of the running products of what it reduces. */
function productGradient(dy: tf.Tensor, x: tf.Tensor, axis: Axes): tf.Tensor {
  const axes = axesOf(axis, x.rank);
  const order = toTheEnd(x.rank, axes);
  const moved = tf.transpose(x, order);
  const count = sizeOf(axes.map((each) => x.shape[each] ?? 1));
  const kept = moved.shape.slice(0, x.rank - axes.length);
  const rows = tf.reshape(moved, [...kept, count]); // [.., n]
  const last = tf.pad(tf.reshape(dy, [...kept, 1]), [
    ...kept.map((): [number, number] => [0, 0]),
    [count - 1, 0],
  ]);
  const gradient = runningProductGradient(last, rows, { exclusive: false, reverse: false });
  return tf.transpose(tf.reshape(gradient, moved.shape), tf.backend_util.getUndoAxesPermutation(order));
}

/** Each of the k values goes back to the place that it came from. */
function untop(dy: tf.Tensor, x: tf.Tensor, { k, sorted }: tf.TopKAttrs): tf.Tensor {
  const { indices } = tf.topk(stopGradient(x), k, sorted); // [.., k]
  const places = tf.cast(tf.oneHot(indices, x.shape[x.rank - 1] ?? 0), 'float32'); // [.., k, n]
  return tf.sum(tf.mul(places, tf.expandDims(dy, -1)), -2);
}

/** Kernels in which places of one row meet. */
export const reductionGradients: Gradients<ReductionKernel> = {
  All: zero('x'),
  Any: zero('x'),
  ArgMax: zero('x'),
  ArgMin: zero('x'),
  Cumprod: unary(scanGradient),
  Cumsum: unary((dy, _x, { axis, exclusive, reverse }) => tf.cumsum(dy, axis, exclusive, !reverse)),
  LogSoftmax: { none: 'no op of tfjs calls it: use logSoftmax of this package' },
  Max: unary((dy, x, { reductionIndices }) => atExtremum(dy, x, reductionIndices, tf.max)),
  Mean: unary((dy, x, { axis }) => {
    const axes = axesOf(axis, x.rank);
    const count = sizeOf(axes.map((each) => x.shape[each] ?? 1));
    return tf.broadcastTo(tf.div(keepAxes(dy, x.shape, axes), count), x.shape);
  }),
  Min: unary((dy, x, { axis }) => atExtremum(dy, x, axis, tf.min)),
  Prod: unary((dy, x, { axis }) => productGradient(dy, x, axis)),
  Softmax: unary(softmaxGradient, 'logits'),
  Sum: unary((dy, x, { axis }) => tf.broadcastTo(keepAxes(dy, x.shape, axesOf(axis, x.rank)), x.shape)),
  TopK: splitting('x', ([dy], x, attributes) => {
    if (dy === undefined) throw new Error('gradient: TopK gave no values');
    return untop(dy, x, attributes);
  }),
};
