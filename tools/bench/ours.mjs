// A process that does one step for every line it reads and answers with its seconds; measure.mjs starts it.
import { createInterface } from 'node:readline';
import { createEngine } from '@im-bert/jit/node';
import { createExecutor } from '@im-bert/models';
import { Adam, adamSchema, initialAdamState, seededDropout } from '@im-bert/training';
import { randomCase } from './random-case.mjs';

const { threads, wasm, pass, sizes, connection } = JSON.parse(process.argv[2]);
const { model, inputs, gradients } = randomCase(sizes, connection);
if (wasm) await import('@tensorflow/tfjs-backend-wasm');
const engine = await (wasm ? createEngine('tfjs', { backend: 'wasm' }) : createEngine('onnx', { threads }));
const executor = createExecutor(engine, model);
const step = pass === 'train' ? trainer() : infer;

/** A training step as training does it: masks, pass, norm, update. Returns the optimizer's seconds. */
function trainer() {
  const adam = new Adam(adamSchema.parse({}));
  const state = initialAdamState(model.parameters);
  return async () => {
    const dropout = seededDropout(1, state.updates, 0);
    await executor.lossAndGradients(model.parameters, inputs, { dropout, into: gradients });
    const passed = performance.now();
    await adam.norm(gradients);
    await adam.update(model.parameters, gradients, state, 2e-5, 1);
    return (performance.now() - passed) / 1000;
  };
}

async function infer() {
  await executor.logits(model.parameters, inputs, { residuals: false });
  return 0;
}

for await (const _line of createInterface(process.stdin)) {
  const start = performance.now();
  const optimizer = await step();
  const end = performance.now();
  const peak = process.resourceUsage().maxRSS / 1e6;
  console.log(JSON.stringify({ seconds: (end - start) / 1000, optimizer, sinceStart: end / 1000, peak }));
}
await executor.dispose();
await engine.dispose();
