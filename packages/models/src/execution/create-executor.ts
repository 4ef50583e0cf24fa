import type { Engine } from '@im-bert/jit';
import type { EncoderInputs } from '../model/check-inputs.ts';
import type { Structure } from '../model/model.ts';
import { activationBytes, layerEvaluations } from './activation-memory.ts';
import { ChainExecutor } from './chain-executor.ts';
import { batchShape } from './host-tensors.ts';
import { defaultTokensAtOnce, rowGroups } from './row-groups.ts';
import type { Executor, PassExecutor } from './types.ts';
import { wholeExecutor } from './whole-executor.ts';

/** How a structure is run. */
export interface ExecutorOptions {
  /**
   * `whole`: one graph a step; `chain`: one graph a kind of layer, computed anew in the backward pass. Both give the
   * same numbers, to rounding (which the paper's descent amplifies: `roundingSensitivity`). `auto` (the default) takes, for each shape of batch, the whole graph if its estimated
   * activations stay below the limit and it compiles in seconds.
   */
  readonly mode?: 'auto' | 'whole' | 'chain';
  /** Bytes of activations up to which `auto` takes the whole graph; default 6e9, which takes in BERT-base. */
  readonly activationLimit?: number;
  /** Least number of tokens that a graph works on at once; larger batches go through it in groups of rows. */
  readonly tokensAtOnce?: number;
}

/**
 * Evaluations of layers up to which `auto` takes the whole graph: as many as compile in about 5 seconds, or 20 where the
 * gradient is of second order. A chain's compile time does not depend on the depth.
 */
const evaluationLimit = 300;

/** Compiles a structure on an engine; weights are arguments of every pass. */
export function createExecutor(
  engine: Engine,
  structure: Structure,
  { mode = 'auto', activationLimit = 6e9, tokensAtOnce = defaultTokensAtOnce }: ExecutorOptions = {},
): Executor {
  const whole = wholeExecutor(engine, structure, tokensAtOnce);
  const chain = new ChainExecutor(engine, structure, tokensAtOnce);
  const chosen = (inputs: Pick<EncoderInputs, 'ids'>): PassExecutor => {
    if (mode !== 'auto') return mode === 'whole' ? whole : chain;
    const { batch, length } = batchShape(inputs);
    const evaluations = layerEvaluations(structure) * rowGroups(batch, length, tokensAtOnce).length;
    const fits = activationBytes(structure, { batch, length }) <= activationLimit;
    return fits && evaluations <= evaluationLimit ? whole : chain;
  };
  return {
    labels: structure.labels,
    logits: (parameters, inputs, options) => chosen(inputs).logits(parameters, inputs, options),
    lossAndGradients: (parameters, batch, options) =>
      chosen(batch).lossAndGradients(parameters, batch, options),
    states: (parameters, inputs, options) => chain.states(parameters, inputs, options),
    dispose: async () => {
      await whole.dispose();
      await chain.dispose();
    },
  };
}
