// A process that does one step for every line it reads and answers with its seconds; measure.mjs starts it.
import { createInterface } from 'node:readline';
import { floatTensor, intTensor, randomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit';
import { connectionSchema, createExecutor, randomModel } from '@im-bert/models';
import { Adam, adamSchema, initialAdamState, seededDropout } from '@im-bert/training';
import { vocabulary } from './cases.mjs';

const {
  threads,
  mode,
  engine: name = 'onnx',
  backend,
  pass,
  sizes,
  connection = {},
} = JSON.parse(process.argv[2]);
const { batch, length, ...shape } = sizes;
const config = {
  ...shape,
  ...{ family: 'bert', vocabularySize: vocabulary, positions: 512, tokenTypes: 2, padId: 0 },
  ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
  ...{ layerNormEpsilon: 1e-12, initializerRange: 0.02 },
};
const model = randomModel({ config, connection: connectionSchema.parse(connection), labels: 2 }, 1);
const random = randomStream(1, 'bench');
const integers = (count, bound) => Int32Array.from({ length: count }, () => random.integer(bound));
const inputs = {
  ids: intTensor(integers(batch * length, vocabulary), [batch, length]),
  typeIds: intTensor(new Int32Array(batch * length), [batch, length]),
  mask: floatTensor(new Float32Array(batch * length).fill(1), [batch, length]),
  labels: intTensor(integers(batch, 2), [batch]),
  weights: floatTensor(new Float32Array(batch).fill(1), [batch]),
};
const engine = await createEngine(name, { threads, backend });
const executor = createExecutor(engine, model, { mode });
const train = pass === 'train' ? trainer() : null;

/** A training step as training does it: masks, pass, norm, update. */
function trainer() {
  const gradients = Object.fromEntries(
    Object.entries(model.parameters).map(([key, { data, shape }]) => [
      key,
      floatTensor(new Float32Array(data.length), shape),
    ]),
  );
  const adam = new Adam(adamSchema.parse({}));
  const state = initialAdamState(model.parameters);
  return async () => {
    const dropout = seededDropout(1, state.updates, 0);
    const { loss } = await executor.lossAndGradients(model.parameters, inputs, { dropout, into: gradients });
    const passed = performance.now();
    await adam.norm(gradients);
    await adam.update(model.parameters, gradients, state, 2e-5, 1);
    return { value: loss, optimizer: (performance.now() - passed) / 1000 };
  };
}

async function infer() {
  const { logits } = await executor.logits(model.parameters, inputs);
  return { value: logits.data[0], optimizer: 0 };
}

for await (const _line of createInterface(process.stdin)) {
  const [start, usage] = [performance.now(), process.cpuUsage()];
  const { value, optimizer } = await (train ?? infer)();
  const end = performance.now();
  const { user, system } = process.cpuUsage(usage);
  console.log(
    JSON.stringify({
      ...{ seconds: (end - start) / 1000, processor: (user + system) / 1e6, optimizer, value },
      ...{ sinceStart: end / 1000, peak: process.resourceUsage().maxRSS / 1e6 },
    }),
  );
}
await executor.dispose();
await engine.dispose();
