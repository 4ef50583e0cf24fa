import { predictedClass, UserError } from '@im-bert/core';
import type { Example } from '@im-bert/data';
import type { LayerResidual, Prediction } from '@im-bert/models';
import type { Subject } from './measurement.ts';
import { perExample } from './per-example.ts';

/** What a model says of one example. */
export interface Answer {
  readonly example: Example;
  /** One number a class. */
  readonly logits: Float32Array;
  readonly predicted: number;
  /** By implicit layer: the relative residual before and after every iteration. */
  readonly residuals: readonly { readonly layer: number; readonly trajectory: readonly number[] }[];
}

/**
 * Asks a model about examples, without dropout.
 * @throws UserError if a class score is not finite: an accuracy of such answers would mean nothing
 */
export async function answersOf(
  examples: readonly Example[],
  subject: Pick<Subject, 'executor' | 'model' | 'tokenizer' | 'batchSize' | 'maxLength' | 'signal'>,
): Promise<readonly Answer[]> {
  const { executor, model } = subject;
  const scored = await perExample(
    examples,
    subject,
    (batch) => executor.logits(model.parameters, batch),
    scoresOf,
  );
  const lost = scored.filter(({ logits }) => !logits.every(Number.isFinite)).length;
  if (lost > 0)
    throw new UserError({
      where: 'class scores',
      expected: 'finite numbers',
      got: `others for ${lost} of ${scored.length} examples`,
      remedy: 'The model diverges: take a smaller learning rate, solver step or Euler step.',
    });
  return examples.flatMap((example, index) => {
    const scores = scored[index];
    return scores === undefined ? [] : [{ example, predicted: predictedClass(scores.logits), ...scores }];
  });
}

function scoresOf({ logits, residuals }: Prediction, row: number): Pick<Answer, 'logits' | 'residuals'> {
  const classes = logits.shape[1] ?? 0;
  return {
    logits: logits.data.slice(row * classes, (row + 1) * classes),
    residuals: residuals.map((residual) => ({
      layer: residual.layer,
      trajectory: trajectory(residual, row),
    })),
  };
}

/** One row of [iterations + 1, B], by iteration. */
function trajectory({ relative }: LayerResidual, row: number): number[] {
  const [points = 0, rows = 0] = relative.shape;
  return Array.from({ length: points }, (_, point) => relative.data[point * rows + row] ?? NaN);
}
