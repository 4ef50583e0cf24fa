import * as tf from '@tensorflow/tfjs-core';
import { type FloatTensor, floatTensor, randomStream, sizeOf } from '@im-bert/core';

/** A function of float tensors; what else it needs (ids, masks, axes) it closes over. */
export type Differentiable = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Standard normal numbers from a named stream, times `scale`, plus `shift`. */
export function normals(name: string, shape: readonly number[], scale = 1, shift = 0): FloatTensor {
  const stream = randomStream(7, name);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => shift + scale * stream.normal());
  return floatTensor(values, shape);
}

/** The tfjs tensor with a host tensor's values. */
export function toTensor({ data, shape, dtype }: FloatTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

/**
 * A scalar that is <weights, f(x)> + ½|x|². The square keeps every input connected, so tfjs cannot throw where a
 * derivative is zero, and it is the parallel path beside which stock tfjs *silently* loses the other one.
 */
function weightedLoss(f: Differentiable, inputs: tf.Tensor[]): tf.Scalar {
  const value = f(...inputs);
  const weights = toTensor(normals('weights', value.shape));
  const squares = inputs.map((x) => tf.mul(tf.sum(tf.square(x)), 0.5));
  return tf.reshape(tf.addN([tf.sum(tf.mul(value, weights)), ...squares]), []);
}

/** d/dx of <weights, f(x)>, one tensor an input. */
export function firstGradient(f: Differentiable, inputs: tf.Tensor[]): tf.Tensor[] {
  const gradients = tf.grads((...xs: tf.Tensor[]) => weightedLoss(f, xs))(inputs);
  return gradients.map((gradient, index) => tf.sub(gradient, inputs[index] ?? 0));
}

function direction(x: tf.Tensor, index: number): tf.Tensor {
  return toTensor(normals(`direction ${String(index)}`, x.shape));
}

/** d/dx of <direction, d/dx <weights, f(x)>>: the Hessian times a fixed direction, one tensor an input. */
export function secondGradient(f: Differentiable, inputs: tf.Tensor[]): tf.Tensor[] {
  const slope = (...xs: tf.Tensor[]): tf.Tensor => {
    const gradients = tf.grads((...ys: tf.Tensor[]) => weightedLoss(f, ys))(xs);
    return tf.addN(gradients.map((gradient, index) => tf.sum(tf.mul(gradient, direction(gradient, index)))));
  };
  // The direction itself is the part that comes from ½|x|².
  return tf
    .grads(slope)(inputs)
    .map((gradient, index) => tf.sub(gradient, direction(gradient, index)));
}

/** A vector-valued function on the host whose values are summed in double precision. */
type HostFunction = (inputs: readonly FloatTensor[]) => number;

function dot(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? NaN) * (weights[i] ?? NaN);
  return sum;
}

/** Runs tensors of `compute` and weighs them on the host in double precision, where the sum loses nothing. */
function weigh(
  compute: (inputs: tf.Tensor[]) => tf.Tensor[],
  weights: (index: number, shape: number[]) => FloatTensor,
): HostFunction {
  return (inputs) => {
    const outputs = tf.tidy(() => compute(inputs.map(toTensor)));
    const sum = outputs
      .map((output, index) => dot(output.dataSync(), weights(index, output.shape).data))
      .reduce((total, part) => total + part, 0);
    tf.dispose(outputs);
    return sum;
  };
}

/**
 * Gradient of a scalar function by fourth-order central differences: error about step⁴ + 1e-7 / step for f32 values of
 * size 1, so 1e-5 at the step 0.05.
 */
function differences(f: HostFunction, inputs: readonly FloatTensor[], step: number): number[] {
  return inputs.flatMap((input, which) =>
    Array.from(input.data, (value, place) => {
      const at = (offset: number): number => {
        const data = input.data.with(place, value + offset);
        return f(inputs.with(which, floatTensor(data, input.shape)));
      };
      return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
    }),
  );
}

/** Relative distance in the Euclidean norm; the floor keeps the derivative of a linear function, zero, comparable. */
export function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const norm = (values: readonly number[]): number => Math.hypot(...values);
  return norm(actual.map((value, i) => value - (expected[i] ?? NaN))) / Math.max(norm(expected), 1e-1);
}

/** <weights, f> by differences: what `firstGradient` should be. */
export function expectedFirst(f: Differentiable, inputs: readonly FloatTensor[], step = 0.05): number[] {
  const value = weigh(
    (xs) => [f(...xs)],
    (_, shape) => normals('weights', shape),
  );
  return differences(value, inputs, step);
}

/** The first gradient by differences: what `secondGradient` should be, provided that the first gradient is right. */
export function expectedSecond(f: Differentiable, inputs: readonly FloatTensor[], step = 0.05): number[] {
  const slope = weigh(
    (xs) => firstGradient(f, xs),
    (index, shape) => normals(`direction ${String(index)}`, shape),
  );
  return differences(slope, inputs, step);
}

/** The numbers of all tensors, in order; disposes of them. */
export function flatten(tensors: tf.Tensor[]): number[] {
  const values = tensors.flatMap((tensor) => [...tensor.dataSync()]);
  tf.dispose(tensors);
  return values;
}
