import { createEngine } from '@im-bert/jit/node';
import { connectionSchema, type EncoderConfig, type Model, randomModel } from '@im-bert/models';
import { ExecutorPool } from '../src/run/executors.ts';

const config: EncoderConfig = {
  family: 'bert',
  vocabularySize: 8,
  width: 8,
  layers: 1,
  heads: 1,
  feedForwardWidth: 16,
  positions: 8,
  tokenTypes: 2,
  layerNormEpsilon: 1e-12,
  hiddenDropout: 0,
  attentionDropout: 0,
  classifierDropout: 0,
  initializerRange: 0.02,
  padId: 0,
};

function model(kind: 'monotone' | 'explicit', seed: number): Model {
  return randomModel({ config, connection: connectionSchema.parse({ kind }), labels: 2 }, seed);
}

async function pool(isFull: () => boolean): Promise<ExecutorPool> {
  return new ExecutorPool(await createEngine('onnx', { threads: 1 }), isFull);
}

test('models of one structure share an executor, whatever their weights', async () => {
  const executors = await pool(() => false);
  const first = await executors.executor(model('monotone', 1));
  expect(await executors.executor(model('monotone', 2))).toBe(first);
  expect(await executors.executor(model('explicit', 1))).not.toBe(first);
  await executors.dispose();
});

test('when memory is short, only the executor in use stays', async () => {
  const executors = await pool(() => true);
  const first = await executors.executor(model('monotone', 1));
  expect(await executors.executor(model('monotone', 1))).toBe(first);
  await executors.executor(model('explicit', 1));
  expect(await executors.executor(model('monotone', 1))).not.toBe(first);
  await executors.dispose();
});
