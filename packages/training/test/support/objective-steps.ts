import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { copyOf, floatTensor, intTensor, randomStream, type RandomStream, zerosLike } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import {
  connectionSchema,
  createExecutor,
  type Executor,
  type LabelledInputs,
  loadModel,
  type Model,
  type NamedTensors,
  openSafetensors,
  type PassOptions,
  type TrainingPass,
} from '@im-bert/models';
import { createObjective, objectiveSchema, seededDropout } from '@im-bert/training';
import { z } from 'zod';
import { freshCritic } from '../../src/objectives/info-nce.ts';
import { mapTensors } from '../../src/named-tensors.ts';

// Single steps of objectives on the tiny BERT of the fixtures; its engine lives as long as the test file that imports this.

// Made by tools/parity/objective_steps.py: one step of each objective on a tiny BERT, in PyTorch.
const folder = fileURLToPath(new URL('../fixtures/objectives', import.meta.url));
const numbers = z.array(z.number());
const fixtureSchema = z.object({
  shape: z.tuple([z.number(), z.number()]),
  inputs: z.object({
    input_ids: numbers,
    token_type_ids: numbers,
    attention_mask: numbers,
    labels: numbers,
  }),
  losses: z.record(z.string(), z.number()),
  noise: z.record(z.string(), numbers),
});

export const fixture = fixtureSchema.parse(JSON.parse(readFileSync(`${folder}/steps.json`, 'utf8')));
export const batch: LabelledInputs = {
  ids: intTensor(Int32Array.from(fixture.inputs.input_ids), fixture.shape),
  typeIds: intTensor(Int32Array.from(fixture.inputs.token_type_ids), fixture.shape),
  mask: floatTensor(Float32Array.from(fixture.inputs.attention_mask), fixture.shape),
  labels: intTensor(Int32Array.from(fixture.inputs.labels), [fixture.shape[0]]),
  weights: floatTensor(new Float32Array(fixture.shape[0]).fill(1), [fixture.shape[0]]),
};

/** Milliseconds for a test that compiles several graphs, on a machine that does other work too. */
export const patience = 60_000;

let engine: Engine;
export let model: Model;
beforeAll(async () => {
  engine = await createEngine('onnx', { threads: 1 });
  model = await loadModel(folder, { seed: 0 });
});
const executors = new Map<string, Executor>();
afterAll(async () => {
  for (const executor of executors.values()) await executor.dispose();
  await engine.dispose();
});

/** One executor for all steps of a kind; dropout at that rate (the checkpoint's is 0, as no two libraries draw the same masks). */
export function executorOf(
  connection: z.input<typeof connectionSchema> = { kind: 'monotone' },
  mode: 'whole' | 'chain' = 'whole',
  rate = 0,
): Executor {
  const key = JSON.stringify([connection, mode, rate]);
  const { config, labels } = model;
  const rates = { hiddenDropout: rate, attentionDropout: rate, classifierDropout: rate };
  const structure = {
    labels,
    config: { ...config, ...rates },
    connection: connectionSchema.parse(connection),
  };
  const executor = executors.get(key) ?? createExecutor(engine, structure, { mode });
  executors.set(key, executor);
  return executor;
}

/** Gives the fixture's numbers one after the other, whatever the distribution; a shuffle sorts by them. */
export function replay(values: readonly number[]): RandomStream {
  let place = 0;
  const next = (): number => values[place++] ?? NaN;
  return {
    ...{ ...randomStream(0, 'unused'), uniform: next, normal: next },
    integer: (bound) => Math.floor(next() * bound),
    shuffle: (items) =>
      items
        .map((item) => ({ item, key: next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item),
  };
}

/** Buffers for gradients. */
export const buffersLike = (parameters: NamedTensors): NamedTensors => mapTensors(parameters, zerosLike);

/** Largest difference between two sets of tensors. */
export function distance(a: NamedTensors, b: NamedTensors): number {
  return Math.max(
    ...Object.entries(a).flatMap(([name, { data }]) =>
      Array.from(data, (value, at) => Math.abs(value - (b[name]?.data[at] ?? NaN))),
    ),
  );
}

/** What a step did. */
export interface Step {
  readonly loss: number;
  readonly gradients: NamedTensors;
  /** What each pass was asked for, and gave. */
  readonly passes: readonly (PassOptions & {
    readonly outcome: TrainingPass;
    readonly gradients: NamedTensors;
  })[];
}

export interface StepOptions {
  readonly connection?: z.input<typeof connectionSchema>;
  readonly mode?: 'whole' | 'chain';
  readonly noise?: RandomStream;
  readonly memory?: NamedTensors;
  /** In place of the weights that the objective begins with. */
  readonly own?: NamedTensors;
  readonly dropout?: boolean;
  /** Share of the run that is done; default 0. */
  readonly progress?: number;
  readonly inputs?: LabelledInputs;
}

/** One step of an objective, every pass of the executor noted. */
export async function stepOf(
  settings: z.input<typeof objectiveSchema>,
  options: StepOptions = {},
): Promise<Step> {
  const executor = executorOf(options.connection, options.mode, options.dropout === true ? 0.1 : 0);
  const passes: Step['passes'][number][] = [];
  const spy: Executor = {
    labels: executor.labels,
    logits: (...args) => executor.logits(...args),
    states: (...args) => executor.states(...args),
    dispose: () => executor.dispose(),
    lossAndGradients: async (weights, inputs, pass) => {
      const outcome = await executor.lossAndGradients(weights, inputs, pass);
      const perturbation = pass.perturbation && copyOf(pass.perturbation);
      passes.push({
        ...pass,
        ...(perturbation ? { perturbation } : {}),
        outcome: { ...outcome, embeddingGradient: copyOf(outcome.embeddingGradient) },
        gradients: mapTensors(pass.into, copyOf),
      });
      return outcome;
    },
  };
  const objective = createObjective(objectiveSchema.parse(settings));
  const own = options.own ?? objective.initialWeights?.(model.parameters, randomStream(1, 'objective'));
  const parameters = { ...model.parameters, ...own };
  const gradients = buffersLike(parameters);
  const { loss } = await objective.step({
    executor: spy,
    parameters,
    batch: options.inputs ?? batch,
    dropout: (pass) =>
      options.dropout === true
        ? seededDropout(1, 0, pass)
        : { mask: (_site, count) => new Uint8Array(count).fill(1) },
    noise: options.noise ?? randomStream(1, 'noise'),
    memory: options.memory ?? objective.initialMemory?.(parameters) ?? {},
    progress: options.progress ?? 0,
    into: gradients,
  });
  return { loss, gradients, passes };
}

/** The settings that the script uses. */
export const scripted: readonly z.input<typeof objectiveSchema>[] = [
  { name: 'freelb', passes: 3, ascentRate: 0.4, initialMagnitude: 0.8, radius: 0.5 },
  { name: 'smart-code', ascentRate: 0.5, deviation: 0.1, guard: 0.3, weight: 0.7 },
  {
    ...{ name: 'smart-paper', ascentRate: 0.05, deviation: 0.1, radius: 0.08 },
    ...{ smoothness: 0.7, proximity: 0.4, momentum: 0.9 },
  },
  { name: 'r3f', scale: 0.3, weight: 0.8 },
  { name: 'r4f', scale: 0.3, weight: 0.8 },
  { name: 'creat', ascentRate: 0.4, radius: 0.6, temperature: 0.5, initialDeviation: 0.2 },
  {
    ...{ name: 'infobert', passes: 2, ascentRate: 0.4, initialMagnitude: 0.8, radius: 0.5 },
    ...{ bottleneck: 0.3, anchor: 0.7, lowestRank: 0.2, highestRank: 0.9, criticWidth: 6 },
  },
];

/** The weights that InfoBERT's critic has in the script. */
export const critic = (): Promise<NamedTensors> =>
  storedTensors('infobert-critic', Object.keys(freshCritic(8, 6, randomStream(0, 'unused'))));

/** Tensors of one of the script's files. */
export async function storedTensors(stem: string, names: readonly string[]): Promise<NamedTensors> {
  const file = await openSafetensors(`${folder}/${stem}.safetensors`);
  const read = async (name: string): Promise<readonly [string, TrainingPass['logits']]> => {
    const stored = [`bert.${name}`, name].find((candidate) => file.entries.has(candidate)) ?? name;
    return [name, await file.read(stored)];
  };
  const tensors: NamedTensors = Object.fromEntries(await Promise.all(names.map(read)));
  await file.close();
  return tensors;
}
