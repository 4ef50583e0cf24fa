// What a step of each objective costs beside a standard one, in processor time of one thread, taking turns in one process:
//   node tools/bench/objectives.mjs [rounds]
import { floatTensor, randomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit/node';
import { createExecutor } from '@im-bert/models';
import { createObjective, objectiveSchema, seededDropout } from '@im-bert/training';
import { randomCase } from './random-case.mjs';

const rounds = Number(process.argv[2] ?? 5);
const sizes = { layers: 4, width: 256, heads: 4, feedForwardWidth: 1024, batch: 16, length: 64 };
const { model, inputs, gradients } = randomCase(sizes);
const engine = await createEngine('onnx', { threads: 1 });
const executor = createExecutor(engine, model, { mode: 'whole' });
const names = objectiveSchema.options.map(({ shape }) => shape.name.value);
const steppers = names.map((name) => {
  const objective = createObjective(objectiveSchema.parse({ name }));
  const memory = objective.initialMemory?.(model.parameters) ?? {};
  const own = objective.initialWeights?.(model.parameters, randomStream(1, 'objective')) ?? {};
  const parameters = { ...model.parameters, ...own };
  const buffers = Object.entries(own).map(([key, { shape, data }]) => [
    key,
    floatTensor(data.slice(), shape),
  ]);
  const into = { ...gradients, ...Object.fromEntries(buffers) };
  return (round) =>
    objective.step({
      ...{ executor, parameters, batch: inputs, memory, into, progress: 0.5 },
      dropout: (pass) => seededDropout(1, round, pass),
      noise: randomStream(1, `noise/${round}`),
    });
});
const seconds = names.map(() => []);
for (let round = -1; round < rounds; round++)
  for (const [index, step] of steppers.entries()) {
    const start = process.cpuUsage();
    await step(round);
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) seconds[index].push((user + system) / 1e6); // the first round compiles
  }
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const standard = median(seconds[names.indexOf('standard')]);
for (const [index, name] of names.entries()) {
  const cost = median(seconds[index]);
  console.log(`${name.padEnd(12)} ${cost.toFixed(3)} s, ${(cost / standard).toFixed(2)} standard steps`);
}
await executor.dispose();
await engine.dispose();
