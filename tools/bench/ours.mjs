// A process that does one step for every line it reads and answers with its seconds; measure.mjs starts it.
import { createInterface } from 'node:readline';
import { createEngine } from '@im-bert/jit';
import { createExecutor } from '@im-bert/models';
import { Adam, adamSchema, initialAdamState, seededDropout } from '@im-bert/training';
import { randomCase } from './random-case.mjs';

const {
  threads,
  mode,
  engine: name = 'onnx',
  backend,
  pass,
  sizes,
  connection,
} = JSON.parse(process.argv[2]);
const { model, inputs, gradients } = randomCase(sizes, connection);
const engine = await createEngine(name, { threads, backend });
const executor = createExecutor(engine, model, { mode });
const train = pass === 'train' ? trainer() : null;

/** A training step as training does it: masks, pass, norm, update. */
function trainer() {
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
