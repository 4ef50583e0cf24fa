import { type FloatTensor, floatTensor, intTensor } from '@im-bert/core';
import { type LabelledInputs, labelTargets, type LayerResidual, rowShares } from '@im-bert/models';

/** A batch with every row twice, one after the other: first clean, then perturbed. */
export interface PairedBatch {
  readonly batch: LabelledInputs; // 2B rows
  readonly perturbation: FloatTensor; // [2B, L, D], zero on even rows
  /** Inputs of `pairedDivergence`. */
  readonly targets: FloatTensor; // [2B, C]
  readonly shares: FloatTensor; // [2B]
}

/** Pairs each row with its perturbed self; the divergence counts `weight` times a row's share. */
export function pairBatch(
  batch: LabelledInputs,
  perturbation: FloatTensor,
  labels: number,
  weight: number,
): PairedBatch {
  const [rows = 0, length = 0] = batch.ids.shape;
  const twice = <Values extends Float32Array | Int32Array>(values: Values, into: Values): Values => {
    const size = values.length / rows;
    for (let row = 0; row < rows; row++)
      for (const copy of [0, 1])
        into.set(values.subarray(row * size, (row + 1) * size), (2 * row + copy) * size);
    return into;
  };
  const integers = (values: Int32Array): Int32Array => twice(values, new Int32Array(2 * values.length));
  const floats = (values: Float32Array): Float32Array => twice(values, new Float32Array(2 * values.length));
  return {
    batch: {
      ids: intTensor(integers(batch.ids.data), [2 * rows, length]),
      typeIds: intTensor(integers(batch.typeIds.data), [2 * rows, length]),
      mask: floatTensor(floats(batch.mask.data), [2 * rows, length]),
      labels: intTensor(integers(batch.labels.data), [2 * rows]),
      weights: floatTensor(floats(batch.weights.data), [2 * rows]),
    },
    perturbation: floatTensor(onSide(perturbation.data, rows, 1), [2 * rows, ...perturbation.shape.slice(1)]),
    targets: onEvenRows(labelTargets(batch, labels)),
    shares: onEvenRows(
      floatTensor(
        rowShares(batch.weights.data).map((share) => weight * share),
        [rows],
      ),
    ),
  };
}

/** Rows of [B, ...] on the even (0) or odd (1) rows of [2B, ...], zeros on the others. */
function onSide(values: Float32Array, rows: number, side: 0 | 1): Float32Array {
  const size = values.length / rows;
  const spread = new Float32Array(2 * values.length);
  for (let row = 0; row < rows; row++)
    spread.set(values.subarray(row * size, (row + 1) * size), (2 * row + side) * size);
  return spread;
}

/** Rows of [B, ...] on the even rows of [2B, ...], zeros on the others. */
export function onEvenRows({ data, shape }: FloatTensor): FloatTensor {
  const [rows = 0, ...rest] = shape;
  return floatTensor(onSide(data, rows, 0), [2 * rows, ...rest]);
}

/** The residuals of the clean rows. */
export function cleanResiduals(residuals: readonly LayerResidual[]): readonly LayerResidual[] {
  return residuals.map(({ layer, absolute, relative }) => ({
    layer,
    absolute: evenColumns(absolute),
    relative: evenColumns(relative),
  }));
}

/** Columns 0, 2, 4 ... of [T, 2B]. */
function evenColumns({ data, shape }: FloatTensor): FloatTensor {
  const [points = 0, columns = 0] = shape;
  return floatTensor(
    data.filter((_, at) => (at % columns) % 2 === 0),
    [points, columns / 2],
  );
}
