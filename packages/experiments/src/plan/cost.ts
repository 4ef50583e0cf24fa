import type { Task } from '@im-bert/data';
import { gradientOf, layerKinds, solverEvaluations } from '@im-bert/models';
import type { TrainingSpec } from '@im-bert/training';
import type { RunRow } from '../store/rows.ts';
import type { AttackEvaluation } from '../experiment/schema.ts';
import { type CellSpec, scoredConnection } from './cell.ts';

/** What is known of a task before its data is loaded. */
interface TaskSize {
  /** Examples of GLUE's train and validation split, and of AdvGLUE dev. */
  readonly train: number;
  readonly clean: number;
  readonly adversarial: number;
  /** A usual length of its batches, in tokens. */
  readonly tokens: number;
}

const sizes = {
  sst2: { train: 67349, clean: 872, adversarial: 148, tokens: 32 },
  qqp: { train: 363846, clean: 40430, adversarial: 78, tokens: 40 },
  mnli: { train: 392702, clean: 9815, adversarial: 121, tokens: 56 },
  'mnli-mm': { train: 392702, clean: 9832, adversarial: 162, tokens: 56 },
  qnli: { train: 104743, clean: 5463, adversarial: 148, tokens: 80 },
  rte: { train: 2490, clean: 277, adversarial: 81, tokens: 112 },
  imdb: { train: 25000, clean: 25000, adversarial: 0, tokens: 300 },
} as const satisfies Record<Task, TaskSize>;

/** Multiply-adds of one encoder layer over one sequence, times two: products with weights, and attention's own. */
function layerFlops(width: number, intermediate: number, tokens: number): number {
  return 2 * tokens * (4 * width ** 2 + 2 * width * intermediate) + 4 * tokens ** 2 * width;
}

/**
 * Times that an implicit layer is evaluated, a vector-Jacobian product counted as one: in a forward pass, and in a
 * training pass, where a detached solve is not differentiated.
 */
function evaluations(connection: CellSpec['connection']): { forward: number; training: number } {
  const { phi, products } = solverEvaluations(connection.solver);
  const forward = 1 + phi + products;
  return { forward, training: gradientOf(connection).name === 'detached' ? forward + 2 : 3 * forward };
}

function implicitLayers({ connection, encoder }: CellSpec): number {
  return layerKinds(connection, encoder.layers).filter((kind) => kind === 'implicit').length;
}

/** Forward-backward passes of one step of training, a forward pass alone counted as a third. */
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
    default:
      return 4; // the clean and the perturbed pass, an ascent, and two forward passes
  }
}

/**
 * Queries of an attack by word of its texts: TextFooler asked 1,134 for IMDB's 215 words in its paper (5 a word), and 7 a
 * word here for 20 words; TextAttack's variant asks about the candidates that meet its constraints, 3 a word
 * (im-bert run table5, its BERT row with either variant).
 */
function queriesPerWord(recipe: AttackEvaluation['recipe']): number {
  return recipe.name === 'textfooler' && recipe.variant === 'textattack' ? 3 : 7;
}

/** Queries that an attack asks, and tokens of each: English has 1.3 word pieces a word, and two marks a text. */
function attackSize(
  { recipe, examples, words, queryBudget = Infinity }: AttackEvaluation,
  tokens: number,
): { queries: number; tokens: number } {
  const asked = examples * Math.min(queryBudget, queriesPerWord(recipe) * (words ?? tokens));
  return {
    queries: asked,
    tokens: Math.min(tokens, words === undefined ? tokens : Math.ceil(1.3 * words) + 2),
  };
}

function atMost(limit: number | 'all', count: number): number {
  return limit === 'all' ? count : Math.min(limit, count);
}

/** Floating-point operations to train and score a cell, estimated: products of matrices only, usual lengths. */
export function cellFlops(spec: CellSpec): number {
  const { encoder, training, task } = spec;
  const size = sizes[task];
  const tokens = Math.min(size.tokens, training.maxLength);
  const layer = (length: number): number =>
    layerFlops(encoder.width, encoder.intermediate ?? 4 * encoder.width, length);
  const implicit = implicitLayers(spec);
  const plain = encoder.layers - implicit;
  const { forward, training: pass } = evaluations(spec.connection);
  const perForward = layer(tokens) * (plain + implicit * forward);
  const layersPerScore = plain + implicit * evaluations(scoredConnection(spec)).forward;
  const perPass = layer(tokens) * (3 * plain + implicit * pass) * passes(training.objective);
  const examples = atMost(spec.data.train, size.train);
  const held = examples * training.validationShare;
  const { clean, attack } = spec.evaluation;
  const attacked = attack === undefined ? { queries: 0, tokens: 0 } : attackSize(attack, tokens);
  const scored = atMost(clean, size.clean) + size.adversarial;
  return (
    training.epochs * (perPass * (examples - held) + perForward * held) +
    layersPerScore * (scored * layer(tokens) + attacked.queries * layer(attacked.tokens))
  );
}

/** Assumed until there is a measurement: two cores of a laptop. */
const defaultRate = 2.5e11;
/** Loading, tokenizing, compiling. */
const fixedSeconds = 2;

/** Seconds that a cell takes, from its FLOPs and what earlier runs took. */
export type CostModel = (spec: CellSpec) => number;

interface Measured {
  flops: number;
  seconds: number;
}

/** FLOPs per second differ by size far more than by anything else. */
function sizeKey(spec: Pick<CellSpec, 'encoder'>): string {
  return `${spec.encoder.layers}x${spec.encoder.width}`;
}

/**
 * The cost model that the store's finished runs support: the rate measured for encoders of the same size on this
 * machine, else the rate over all, else an assumed 250 GFLOP/s.
 */
export function costModel(runs: readonly RunRow[], machine: string): CostModel {
  const measured = new Map<string, Measured>();
  for (const run of runs) {
    if (run.status !== 'done' || run.machine !== machine || run.flops === null || run.seconds === null)
      continue;
    const spec = JSON.parse(run.spec) as CellSpec;
    for (const key of [sizeKey(spec), 'all']) {
      const sum = measured.get(key) ?? { flops: 0, seconds: 0 };
      measured.set(key, { flops: sum.flops + run.flops, seconds: sum.seconds + run.seconds });
    }
  }
  return (spec) => {
    const known = measured.get(sizeKey(spec)) ?? measured.get('all');
    const flops = cellFlops(spec);
    return known === undefined ? fixedSeconds + flops / defaultRate : (flops * known.seconds) / known.flops;
  };
}
