import { type Encoded, makeBatches } from '@im-bert/data';
import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, createExecutor, type EncoderConfig, randomModel } from '@im-bert/models';
import { predict } from '@im-bert/training';

/** Weights as wide as a trained model's, over which the descent amplifies rounding. */
const config: EncoderConfig = {
  ...{
    family: 'bert',
    vocabularySize: 24,
    width: 8,
    layers: 2,
    heads: 2,
    feedForwardWidth: 16,
    positions: 32,
  },
  ...{ tokenTypes: 2, layerNormEpsilon: 1e-12, initializerRange: 0.4, padId: 0 },
  ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
};

/** Texts of 7 to 25 tokens. */
const texts = Array.from({ length: 36 }, (_, index): Encoded => {
  const ids = Array.from(
    { length: 25 - ((index * 7) % 19) },
    (_id, place) => 2 + ((index * 5 + place * 7) % 20),
  );
  return { id: String(index), ids, typeIds: ids.map(() => 0), label: 0, padId: 0 };
});

/** A kernel adds 24 numbers in another order than those 24 and a zero; where 25 lie in memory matters to it, too. */
const bucketLengths = [16, 24, 25];

test("the paper's descent gives a text the same scores to the bit, whoever shares its batch", async () => {
  const connection = connectionSchema.parse({ kind: 'implicit' });
  const model = randomModel({ config, connection, labels: 2 }, 1);
  const engine = await createEngine('onnx', { threads: 2 });
  const executor = createExecutor(engine, model);
  const scores = async (some: readonly Encoded[]) => {
    const { logits } = await predict(executor, model, makeBatches(some, { batchSize: 4, bucketLengths }));
    return new Map(some.map(({ id }, index) => [id, logits[index]]));
  };
  const together = await scores(texts);
  const aligned = texts.filter(({ ids }) => ids.length <= 24);
  for (const others of [texts.toReversed(), aligned, texts.slice(7, 12)]) {
    const found = await scores(others);
    for (const { id } of aligned) if (found.has(id)) expect(found.get(id)).toEqual(together.get(id));
  }
  await engine.dispose();
});
