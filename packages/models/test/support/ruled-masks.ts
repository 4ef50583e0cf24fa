import { dropoutMaskShapes, type MaskShape, type Structure } from '@im-bert/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Masks } from './eager.ts';

/** Masks drawn by a rule, as PyTorch's were for the fixtures: element k of the s-th mask is dropped where 7k + 3s ends in 0. */
export function ruledMasks(model: Structure, batch: number, length: number): Masks {
  let set = 0;
  const draw = (mask: MaskShape | null): tf.Tensor | null => {
    if (mask === null) return null;
    const offset = 3 * set++;
    const values = Array.from(
      { length: mask.shape.reduce((a, b) => a * b, 1) },
      (_, k) => (7 * k + offset) % 10 !== 0,
    );
    return tf.tensor(values, [...mask.shape], 'bool');
  };
  const { embeddings, layers, head } = dropoutMaskShapes(model, { batch, length });
  return {
    embeddings: draw(embeddings),
    layers: layers.map((sets) =>
      sets.map(({ attention, attentionOutput, feedForwardOutput }) => ({
        attention: draw(attention),
        attentionOutput: draw(attentionOutput),
        feedForwardOutput: draw(feedForwardOutput),
      })),
    ),
    head: { features: draw(head.features), pooled: draw(head.pooled) },
  };
}
