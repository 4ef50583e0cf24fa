import * as tf from '@tensorflow/tfjs-core';

/**
 * Solves a small symmetric positive definite system for each example, by Gauss elimination without pivoting (which such
 * matrices do not need), written out: static shapes, stock ops, any order of derivative.
 * @param matrix [B, m, m]
 * @param right [B, m]
 * @returns [B, m]
 */
export function solvePositiveDefinite(matrix: tf.Tensor, right: tf.Tensor): tf.Tensor {
  const [batch = 0, size = 0] = matrix.shape; // [B, m, m]
  const augmented = tf.concat([matrix, tf.expandDims(right, 2)], 2); // [B, m, m + 1]
  const rows = Array.from({ length: size }, (_, row) =>
    tf.reshape(tf.slice(augmented, [0, row, 0], [batch, 1, size + 1]), [batch, size + 1]),
  );
  return backSubstitute(eliminate(rows));
}

/** Column of a row [B, m + 1] as [B, 1]. */
function at(row: tf.Tensor, column: number): tf.Tensor {
  return tf.slice(row, [0, column], [-1, 1]);
}

/** Turns rows into an upper triangle with ones on the diagonal. */
function eliminate(rows: readonly tf.Tensor[]): readonly tf.Tensor[] {
  return rows.reduce<readonly tf.Tensor[]>((done, row) => {
    const reduced = done.reduce(
      (rest, pivotRow, column) => tf.sub(rest, tf.mul(at(rest, column), pivotRow)),
      row,
    );
    return [...done, tf.div(reduced, at(reduced, done.length))];
  }, []);
}

function backSubstitute(triangle: readonly tf.Tensor[]): tf.Tensor {
  const size = triangle.length;
  const solution = triangle.reduceRight<readonly tf.Tensor[]>((found, row, index) => {
    const known = found.reduce<tf.Tensor>(
      (rest, value, offset) => tf.sub(rest, tf.mul(at(row, index + 1 + offset), value)),
      at(row, size),
    );
    return [known, ...found];
  }, []);
  return tf.concat([...solution], 1);
}
