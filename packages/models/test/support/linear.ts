import '@tensorflow/tfjs-backend-cpu';
import { enableSecondOrderGradients } from '@im-bert/jit';
import { connect, connectionSchema, type ConnectionKind, type Joined } from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';

enableSecondOrderGradients(); // as an engine does: these tests run without one

/** The parts of a connection's specification that a test of linear layers sets. */
export type Options = Readonly<Record<string, unknown>>;

export interface Outcome {
  /** The first example's first row [D]. */
  readonly state: readonly number[];
  /** Residual of the first example by iteration. */
  readonly absolute: readonly number[];
  readonly relative: readonly number[];
}

/** Joins h to the linear layer phi(h) = h·matrixᵀ: the case in which everything is known in closed form. */
export function joinLinear(
  matrix: readonly (readonly number[])[],
  start: readonly number[],
  options: Options,
  kind: ConnectionKind = 'implicit',
): Outcome {
  tf.engine().startScope();
  try {
    const { hidden, residual } = joined(matrix, tf.tensor3d([[[...start]]]), options, kind);
    return {
      state: [...hidden.dataSync()],
      absolute: valuesOf(residual?.absolute),
      relative: valuesOf(residual?.relative),
    };
  } finally {
    tf.engine().endScope();
  }
}

/** The gradient by h of the squared norm of what `joinLinear` makes of it. */
export function gradientOfSquare(
  matrix: readonly (readonly number[])[],
  start: readonly number[],
  options: Options,
): readonly number[] {
  const square = (hidden: tf.Tensor): tf.Tensor =>
    tf.sum(tf.square(joined(matrix, hidden, options, 'implicit').hidden));
  return tf.tidy(() => [
    ...tf
      .grad(square)(tf.tensor3d([[[...start]]]))
      .dataSync(),
  ]);
}

/** @param hidden [1, 1, D] */
function joined(
  matrix: readonly (readonly number[])[],
  hidden: tf.Tensor,
  options: Options,
  kind: ConnectionKind,
): Joined {
  const weight = tf.tensor2d(matrix.map((row) => [...row]));
  return connect(connectionSchema.parse({ kind, ...options }), kind, {
    layer: (state) =>
      tf.reshape(tf.matMul(tf.reshape(state, [-1, matrix.length]), weight, false, true), state.shape),
    hidden,
    tokenMask: tf.ones([1, 1]),
    measureEnd: true,
  });
}

function valuesOf(tensor: tf.Tensor | undefined): readonly number[] {
  return tensor === undefined ? [] : [...tensor.dataSync()];
}

/** matrix·vector. */
export function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0));
}

/** a + factor·b. */
export function plus(a: readonly number[], b: readonly number[], factor = 1): number[] {
  return a.map((value, index) => value + factor * (b[index] ?? 0));
}

/** The transpose of a square matrix. */
export function transposed(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((_, column) => matrix.map((row) => row[column] ?? 0));
}

/** Solves matrix·x = right by Gauss-Jordan elimination in double precision. */
export function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  rows.forEach((pivot, column) => {
    const scaled = pivot.map((value) => value / (pivot[column] ?? NaN));
    rows.forEach((row, index) => {
      rows[index] = index === column ? scaled : plus(row, scaled, -(row[column] ?? 0));
    });
    rows[column] = scaled;
  });
  return rows.map((row) => row.at(-1) ?? NaN);
}
