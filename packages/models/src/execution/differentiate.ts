import { stopGradient } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** The tensors of that name, each replaced. */
export function mapTensors(tensors: Tensors, replace: (tensor: tf.Tensor) => tf.Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, replace(tensor)]));
}

/** A loss, and values that are wanted beside it and carry no gradient. */
export interface LossWithValues {
  readonly loss: tf.Tensor; // scalar
  readonly values: Tensors;
}

/** Loss, values and the loss's gradient by each variable. */
export function lossAndGradients(
  evaluate: (variables: Tensors) => LossWithValues,
  variables: Tensors,
): LossWithValues & { readonly gradients: Tensors } {
  const names = Object.keys(variables);
  let shapes: [name: string, shape: readonly number[]][] = [];
  // tfjs's gradients return one tensor and free every other that the function made, so all goes into one vector. Its
  // gradient is that of the sum of its elements, and only the loss's carries one.
  const packed = (...tensors: tf.Tensor[]): tf.Tensor => {
    const { loss, values } = evaluate(zip(names, tensors));
    shapes = Object.entries(values).map(([name, { shape }]) => [name, shape]);
    return tf.concat([flat(loss), ...Object.values(values).map((value) => flat(stopGradient(value)))]);
  };
  const { value, grads } = tf.valueAndGrads(packed)(Object.values(variables));
  return {
    loss: tf.reshape(tf.slice(value, [0], [1]), []),
    values: unpack(value, shapes),
    gradients: zip(names, grads),
  };
}

/** The products of a cotangent with the derivatives of a function's value by each variable. */
export function vectorJacobianProducts(
  evaluate: (variables: Tensors) => tf.Tensor,
  variables: Tensors,
  cotangent: tf.Tensor,
): Tensors {
  const names = Object.keys(variables);
  const value = (...tensors: tf.Tensor[]): tf.Tensor => evaluate(zip(names, tensors));
  return zip(names, tf.grads(value)(Object.values(variables), cotangent));
}

function zip(names: readonly string[], tensors: readonly tf.Tensor[]): Tensors {
  return Object.fromEntries(tensors.map((tensor, index) => [names[index] ?? '', tensor]));
}

function flat(tensor: tf.Tensor): tf.Tensor1D {
  return tf.reshape(tensor, [tensor.size]);
}

/** Takes the values of one vector apart; the first element is the loss. */
function unpack(packed: tf.Tensor, shapes: readonly (readonly [string, readonly number[]])[]): Tensors {
  let start = 1;
  return Object.fromEntries(
    shapes.map(([name, shape]) => {
      const size = tf.util.sizeFromShape([...shape]);
      const value = tf.reshape(tf.slice(packed, [start], [size]), [...shape]);
      start += size;
      return [name, value];
    }),
  );
}
