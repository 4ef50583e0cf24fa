import { setImmediate as turn } from 'node:timers/promises';
import type { Executor, LabelledInputs, LayerResidual, NamedTensors } from '@im-bert/models';

/** A batch that knows which examples its real rows are. */
export interface IndexedBatch extends LabelledInputs {
  /** Of the real rows, in the order of the rows: their places in the list that was batched. */
  readonly indices: readonly number[];
}

/** What a model says of every example. */
export interface Predictions {
  /** Class scores, one array an example, in the order of the examples. */
  readonly logits: readonly Float32Array[];
  /** By implicit layer, then by example in their order: relative residual before and after every iteration. */
  readonly residuals: readonly ExampleResiduals[];
}

/** One implicit layer's residuals. */
export interface ExampleResiduals {
  readonly layer: number;
  readonly byExample: readonly (readonly number[])[];
}

/**
 * Runs the model without dropout over batches that cover a list of examples.
 *
 * @throws the signal's reason once it is aborted, between two batches
 */
export async function predict(
  executor: Executor,
  model: { readonly parameters: NamedTensors },
  batches: readonly IndexedBatch[],
  signal?: AbortSignal,
): Promise<Predictions> {
  const logits: Float32Array[] = [];
  const residuals = new Map<number, number[][]>();
  for (const batch of batches) {
    signal?.throwIfAborted();
    const prediction = await executor.logits(model.parameters, batch);
    const classes = prediction.logits.shape[1] ?? 0;
    batch.indices.forEach((example, row) => {
      logits[example] = prediction.logits.data.slice(row * classes, (row + 1) * classes);
      for (const residual of prediction.residuals) {
        const layer = residuals.get(residual.layer) ?? [];
        layer[example] = trajectory(residual, row);
        residuals.set(residual.layer, layer);
      }
    });
    await turn();
  }
  return { logits, residuals: [...residuals].map(([layer, byExample]) => ({ layer, byExample })) };
}

/** One row of [iterations + 1, B], by iteration. */
function trajectory({ relative }: LayerResidual, row: number): number[] {
  const [points = 0, rows = 0] = relative.shape;
  return Array.from({ length: points }, (_, point) => relative.data[point * rows + row] ?? NaN);
}

/** Cross-entropy of a label under class scores, in nats. */
export function crossEntropy(logits: Float32Array, label: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return largest + Math.log(sum) - (logits[label] ?? NaN);
}
