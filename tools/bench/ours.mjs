// A process that does one training step for every line it reads and answers with its seconds; run.mjs starts it.
import { createInterface } from 'node:readline';
import { floatTensor, intTensor, randomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit';
import { connectionSchema, createExecutor, randomModel } from '@im-bert/models';
import { Adam, adamSchema, initialAdamState, seededDropout } from '@im-bert/training';
import { vocabulary } from './cases.mjs';

const { threads, mode, batch, length, ...sizes } = JSON.parse(process.argv[2]);
const config = {
  ...sizes,
  ...{ family: 'bert', vocabularySize: vocabulary, positions: 512, tokenTypes: 2, padId: 0 },
  ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
  ...{ layerNormEpsilon: 1e-12, initializerRange: 0.02 },
};
const model = randomModel({ config, connection: connectionSchema.parse({}), labels: 2 }, 1);
const random = randomStream(1, 'bench');
const integers = (count, bound) => Int32Array.from({ length: count }, () => random.integer(bound));
const inputs = {
  ids: intTensor(integers(batch * length, vocabulary), [batch, length]),
  typeIds: intTensor(new Int32Array(batch * length), [batch, length]),
  mask: floatTensor(new Float32Array(batch * length).fill(1), [batch, length]),
  labels: intTensor(integers(batch, 2), [batch]),
  weights: floatTensor(new Float32Array(batch).fill(1), [batch]),
};
const gradients = Object.fromEntries(
  Object.entries(model.parameters).map(([name, { data, shape }]) => [
    name,
    floatTensor(new Float32Array(data.length), shape),
  ]),
);
const engine = await createEngine('onnx', { threads });
const executor = createExecutor(engine, model, { mode });
const adam = new Adam(adamSchema.parse({}));
const state = initialAdamState(model.parameters);

/** One step as training does it: masks, pass, norm, update. */
async function step() {
  const [start, usage] = [performance.now(), process.cpuUsage()];
  const dropout = seededDropout(1, state.updates, 0);
  const { loss } = await executor.lossAndGradients(model.parameters, inputs, { dropout, into: gradients });
  const passed = performance.now();
  await adam.norm(gradients);
  await adam.update(model.parameters, gradients, state, 2e-5, 1);
  const end = performance.now();
  const { user, system } = process.cpuUsage(usage);
  const peak = process.resourceUsage().maxRSS / 1e6;
  return {
    seconds: (end - start) / 1000,
    optimizer: (end - passed) / 1000,
    processor: (user + system) / 1e6,
    loss,
    peak,
  };
}

for await (const _line of createInterface(process.stdin)) console.log(JSON.stringify(await step()));
await executor.dispose();
await engine.dispose();
