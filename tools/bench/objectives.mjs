// What a step of each objective costs beside a standard one, in processor time of one thread, taking turns in one process:
//   node tools/bench/objectives.mjs [rounds]
import { floatTensor, intTensor, randomStream } from '@im-bert/core';
import { createEngine } from '@im-bert/jit';
import { connectionSchema, createExecutor, randomModel } from '@im-bert/models';
import { createObjective, objectiveSchema, seededDropout } from '@im-bert/training';

const rounds = Number(process.argv[2] ?? 5);
const [batch, length, vocabulary] = [16, 64, 1000];
const config = {
  ...{ family: 'bert', width: 256, layers: 4, heads: 4, feedForwardWidth: 1024, vocabularySize: vocabulary },
  ...{ positions: 512, tokenTypes: 2, padId: 0, layerNormEpsilon: 1e-12, initializerRange: 0.02 },
  ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
};
const model = randomModel({ config, connection: connectionSchema.parse({}), labels: 2 }, 1);
const { parameters } = model;
const random = randomStream(1, 'bench');
const integers = (count, bound) => Int32Array.from({ length: count }, () => random.integer(bound));
const inputs = {
  ids: intTensor(integers(batch * length, vocabulary), [batch, length]),
  typeIds: intTensor(new Int32Array(batch * length), [batch, length]),
  mask: floatTensor(new Float32Array(batch * length).fill(1), [batch, length]),
  labels: intTensor(integers(batch, 2), [batch]),
  weights: floatTensor(new Float32Array(batch).fill(1), [batch]),
};
const engine = await createEngine('onnx', { threads: 1 });
const executor = createExecutor(engine, model, { mode: 'whole' });
const into = Object.fromEntries(
  Object.entries(parameters).map(([name, { data, shape }]) => [
    name,
    floatTensor(new Float32Array(data.length), shape),
  ]),
);

const names = objectiveSchema.options.map(({ shape }) => shape.name.value);
const steppers = names.map((name) => {
  const objective = createObjective(objectiveSchema.parse({ name }));
  const memory = objective.initialMemory?.(parameters) ?? {};
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
