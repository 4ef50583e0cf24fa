import { createEngine } from '@im-bert/jit/node';
import {
  connectionSchema,
  convergenceOf,
  createExecutor,
  type EncoderInputs,
  forwardFlops,
  loadModel,
} from '@im-bert/models';

/** Classifies a batch with every layer's implicit equation solved by Anderson, and says how well these were solved. */
export async function classify(folder: string, batch: EncoderInputs) {
  const connection = connectionSchema.parse({
    kind: 'implicit',
    layers: 'all', // or '4-6', as the paper counts
    solver: { name: 'anderson', iterations: 5 }, // the paper's: { name: 'gradient-descent', iterations: 5 }
  });
  const model = await loadModel(folder, { seed: 1, labels: 3, connection });
  const engine = await createEngine('onnx');
  const executor = createExecutor(engine, model);
  const { logits, residuals } = await executor.logits(model.parameters, batch);
  await executor.dispose();
  await engine.dispose();
  return {
    logits, // [B, C]
    solved: residuals.map((layer) => convergenceOf(layer).every(({ converged }) => converged)), // a layer each
    flops: forwardFlops(model, { length: 128, convention: 'executed' }),
    drawn: model.initialised, // parameters that the checkpoint lacked
  };
}
