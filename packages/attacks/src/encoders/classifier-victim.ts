import type { Tokenizer } from '@im-bert/data';
import type { Executor, Model } from '@im-bert/models';
import type { Victim } from '../engine/victim.ts';
import { batchedInputs } from './batched-inputs.ts';

/** A model of ours as a victim: softmax of its class scores, without dropout. Texts are cut at `maxLength` tokens. */
export function classifierVictim(options: {
  readonly executor: Executor;
  readonly model: Pick<Model, 'parameters'>;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
}): Victim {
  const { executor, model, tokenizer, maxLength } = options;
  return async (inputs) => {
    const probabilities: Float32Array[] = [];
    for (const batch of batchedInputs(tokenizer, inputs, maxLength)) {
      const { logits } = await executor.logits(model.parameters, batch, { residuals: false });
      const classes = logits.shape[1] ?? 0;
      batch.indices.forEach((index, row) => {
        probabilities[index] = softmax(logits.data.slice(row * classes, (row + 1) * classes));
      });
    }
    return probabilities;
  };
}

function softmax(scores: Float32Array): Float32Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
