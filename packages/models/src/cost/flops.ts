import type { EncoderConfig } from '../config/encoder-config.ts';
import { type ConnectionSpec, layerKinds, solveOf } from '../connections/connections.ts';
import type { Evaluations } from '../solvers/solver.ts';
import { familyOf } from '../families/families.ts';
import { solverEvaluations } from '../solvers/solvers.ts';

/**
 * What is counted; always 2 FLOPs a multiply-add, one example, no optimiser.
 * - `paper`: as Tables 3, 5 and 6 print them. A solver's iteration counts as one forward layer, its derivative as
 *   nothing; RoBERTa as `calflops`, BERT without the LayerNorms (the paper mixes two counters: numerics, FLOPs).
 * - `calflops`: the counter of that name: matrix products, softmax (1 an element), LayerNorm (5 an element).
 * - `matmul`: matrix products alone.
 * - `executed`: matrix products that really run, the solver's products with Jacobians included.
 */
export type FlopsConvention = 'paper' | 'calflops' | 'matmul' | 'executed';

export interface FlopsOptions {
  /** L, tokens an example. */
  readonly length: number;
  readonly convention: FlopsConvention;
}

/** What of a model's structure decides its FLOPs. */
interface Counted {
  readonly config: Pick<EncoderConfig, 'family' | 'layers' | 'width' | 'feedForwardWidth' | 'heads'>;
  readonly connection: ConnectionSpec;
}

/** FLOPs of one layer's evaluation by kind of work. */
interface LayerWork {
  /** Products with weights: 2·L·(4·D² + 2·D·F). */
  readonly linear: number;
  /** Scores and weighted sums: 4·L²·D. */
  readonly attention: number;
  /** One for each score: H·L². */
  readonly softmax: number;
  /** Five for each element of both LayerNorms: 10·L·D. */
  readonly layerNorm: number;
}

function layerWork({ width, feedForwardWidth, heads }: Counted['config'], length: number): LayerWork {
  return {
    linear: 2 * length * (4 * width ** 2 + 2 * width * feedForwardWidth),
    attention: 4 * length ** 2 * width,
    softmax: heads * length ** 2,
    layerNorm: 10 * length * width,
  };
}

/** FLOPs of an evaluation of the layer under a convention that counts evaluations. */
function countedWork(work: LayerWork, normalises: boolean, scores: boolean): number {
  return work.linear + work.attention + (scores ? work.softmax : 0) + (normalises ? work.layerNorm : 0);
}

/**
 * FLOPs of classifying one example of `length` tokens.
 * @returns a count, not in billions: 22,350,790,656 for BERT-base at length 128 under `paper`
 */
export function forwardFlops(structure: Counted, { length, convention }: FlopsOptions): number {
  const { config, connection } = structure;
  const kinds = layerKinds(connection, config.layers);
  const solves = kinds.flatMap((kind) => solveOf(connection, kind)?.solver ?? []);
  const work = layerWork(config, length);
  const head = 2 * config.width ** 2;
  if (convention === 'executed')
    return (
      kinds.length * forward(work) +
      total(solves.map((solver) => solveWork(solverEvaluations(solver), work))) +
      head
    );
  const normalises =
    convention === 'calflops' || (convention === 'paper' && familyOf(config).paperCountsNorms);
  const layer = countedWork(work, normalises, convention !== 'matmul');
  const evaluations = kinds.length + total(solves.map(({ iterations }) => iterations));
  return evaluations * layer + head + (normalises ? 5 * length * config.width : 0);
}

function forward({ linear, attention }: LayerWork): number {
  return linear + attention;
}

/** A product with the layer's Jacobian by its input: the linear maps once, the attention's products twice. */
function jacobianProduct({ linear, attention }: LayerWork): number {
  return linear + 2 * attention;
}

function solveWork({ phi, products }: Evaluations, work: LayerWork): number {
  return phi * forward(work) + products * jacobianProduct(work);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
