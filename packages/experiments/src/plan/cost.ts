import { type ConnectionSpec, layerKinds, layerPasses } from '@im-bert/models';
import type { TrainingSpec } from '@im-bert/training';
import { type ExampleSet, type Measurement, probeSize } from '../measurements/measurement.ts';
import type { MeasuredRow, ModelRow } from '../store/rows.ts';
import { type CellSpec, scoredConnection } from './cell.ts';
import { taskSizes } from './task-sizes.ts';
import type { Work } from './work.ts';

/** Multiply-adds of one encoder layer over one sequence, times two: products with weights, and attention's own. */
function layerFlops(width: number, intermediate: number, tokens: number): number {
  return 2 * tokens * (4 * width ** 2 + 2 * width * intermediate) + 4 * tokens ** 2 * width;
}

/** Evaluations of layers in one pass through an encoder, in a forward and in a training pass. */
function passesThrough(connection: ConnectionSpec, depth: number): { forward: number; training: number } {
  const passes = layerKinds(connection, depth).map((kind) => layerPasses(connection, kind));
  return {
    forward: passes.reduce((sum, { forward }) => sum + forward, 0),
    training: passes.reduce((sum, { training }) => sum + training, 0),
  };
}

/**
 * Forward-backward passes of one step of training, a forward pass alone counted as a third. No default: a new objective does
 * not compile without its price.
 */
function passes(objective: TrainingSpec['objective']): number {
  switch (objective.name) {
    case 'standard':
      return 1;
    case 'freelb':
      return objective.passes;
    case 'infobert':
      return 2 * objective.passes;
    case 'creat':
      return 2 + objective.ascents;
    case 'r3f':
    case 'r4f':
      return 2;
    case 'smart-paper':
    case 'smart-code':
      return 3 + objective.ascents; // the clean and the perturbed pass, and two forward passes
  }
}

function atMost(limit: number | 'all', count: number): number {
  return limit === 'all' ? count : Math.min(limit, count);
}

function layerOf({ encoder }: CellSpec, tokens: number): number {
  return layerFlops(encoder.width, encoder.intermediate ?? 4 * encoder.width, tokens);
}

function tokensOf({ task, training }: CellSpec): number {
  return Math.min(taskSizes[task].tokens, training.maxLength);
}

/** Floating-point operations to train a cell's model, estimated: products of matrices only, usual lengths. */
export function trainingFlops(spec: CellSpec): number {
  const { encoder, training, task } = spec;
  const { forward, training: pass } = passesThrough(spec.connection, encoder.layers);
  const examples = atMost(spec.data.train, taskSizes[task].train);
  const held = examples * training.validationShare;
  return (
    layerOf(spec, tokensOf(spec)) *
    training.epochs *
    (pass * passes(training.objective) * (examples - held) + forward * held)
  );
}

function countOf(set: ExampleSet, spec: CellSpec): number {
  const { task, evaluation } = spec;
  const { clean, adversarial } = taskSizes[task];
  const counts: Readonly<Record<ExampleSet, number>> = {
    clean: atMost(evaluation.clean, clean),
    adversarial,
    original: adversarial,
    test: 0, // most hubs have none
    attack: evaluation.attack?.examples ?? 0,
    probe: Math.min(probeSize(spec), adversarial > 0 ? adversarial : atMost(evaluation.clean, clean)),
  };
  return counts[set];
}

/** The same to measure a cell's model: the measurement's forward passes over its examples. */
export function measurementFlops({ on, atMost: most, passes: cost }: Measurement, spec: CellSpec): number {
  const limit = most?.(spec) ?? Infinity;
  const examples = on.reduce((sum, set) => sum + Math.min(limit, countOf(set, spec)), 0);
  const { forward } = passesThrough(scoredConnection(spec), spec.encoder.layers);
  return cost(spec) * examples * forward * layerOf(spec, tokensOf(spec));
}

/**
 * FLOPs per second assumed until there is a measurement. Products grow with the square of the width, what goes element by
 * element with the width alone, so narrow encoders are slower: 35 GFLOP/s at 64, 112 at 384, 144 at 768. On two-core machines
 * (AMD EPYC, AVX-512) `im-bert run table1` reached 26 at 64; `npm run bench`, the machine to itself, 146 at 384 and 174 at 768;
 * the reports of docs/results, one thread beside other work, 80 to 120 at 384.
 */
function assumedRate({ encoder: { width } }: Pick<CellSpec, 'encoder'>): number {
  return (2e11 * width) / (width + 300);
}

/** Loading, tokenizing, compiling: about a second of a cell of `im-bert run table1`, whose products take less. */
const fixedSeconds = 1;

/** A part of a cell's work with the seconds that it takes, estimated. */
export interface Stage {
  /** `training`, or a measurement's name. */
  readonly name: string;
  readonly seconds: number;
}

/** Of all stages. */
export function secondsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The stages of a cell's work, from their FLOPs and what earlier ones took. */
export type CostModel = (spec: CellSpec, work: Work) => readonly Stage[];

/** Seconds at the assumed rate, so that sizes compare, and those measured. */
interface Pace {
  assumed: number;
  seconds: number;
}

/** FLOPs per second differ by size far more than by anything else. */
function sizeKey(spec: Pick<CellSpec, 'encoder'>): string {
  return `${spec.encoder.layers}x${spec.encoder.width}`;
}

/** What was recorded of stages, one for each that ended well on this machine. */
function recordedStages(models: readonly ModelRow[], measured: readonly MeasuredRow[], machine: string) {
  const specs = new Map(models.map(({ model, spec }) => [model, JSON.parse(spec) as CellSpec]));
  const stages = [
    ...models.map((row) => ({ ...row, stage: 'training' })),
    ...measured.map((row) => ({ ...row, stage: row.measurement })),
  ];
  return stages.flatMap(({ model, stage, status, machine: of, flops, seconds }) => {
    const spec = specs.get(model);
    return spec === undefined || status !== 'done' || of !== machine || !flops || seconds === null
      ? []
      : [{ stage, size: sizeKey(spec), assumed: flops / assumedRate(spec), seconds }];
  });
}

/** What a store's records say of costs. */
interface Costs {
  readonly stagesOf: CostModel;
  /** Whether a stage was measured on this machine; if not, costs follow from an assumed rate. */
  readonly isMeasured: boolean;
}

/**
 * The cost model that the store's finished stages support: the pace measured for the same stage of encoders of the same size
 * on this machine, else for any stage of that size, else over all, else the assumed one.
 */
export function costModel(
  models: readonly ModelRow[],
  measured: readonly MeasuredRow[],
  machine: string,
): Costs {
  const paces = new Map<string, Pace>();
  for (const { stage, size, assumed, seconds } of recordedStages(models, measured, machine))
    for (const key of [`${stage} ${size}`, `any ${size}`, 'all']) {
      const sum = paces.get(key) ?? { assumed: 0, seconds: 0 };
      paces.set(key, { assumed: sum.assumed + assumed, seconds: sum.seconds + seconds });
    }
  const stagesOf: CostModel = (spec, { trains, measures }) => {
    const size = sizeKey(spec);
    const stage = (name: string, flops: number, fixed = 0): Stage => {
      const pace = paces.get(`${name} ${size}`) ?? paces.get(`any ${size}`) ?? paces.get('all');
      const assumed = flops / assumedRate(spec);
      return {
        name,
        seconds: pace === undefined ? fixed + assumed : (assumed * pace.seconds) / pace.assumed,
      };
    };
    return [
      ...(trains ? [stage('training', trainingFlops(spec), fixedSeconds)] : []),
      ...measures.map((one) => stage(one.name, measurementFlops(one, spec))),
    ];
  };
  return { stagesOf, isMeasured: paces.size > 0 };
}
