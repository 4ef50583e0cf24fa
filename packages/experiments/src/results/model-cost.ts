import { forwardFlops, solveOf, solverEvaluations, withIterations } from '@im-bert/models';
import type { ModelCost } from '@im-bert/report';
import type { ResolvedRow } from '../plan/resolve-rows.ts';

/** Width of an attention head where the experiment does not say: BERT's and RoBERTa's; it moves FLOPs by under 0.1 %. */
const headWidth = 64;

/** What classifying one text costs with a row's model, as it is scored. */
export function modelCost({ encoder, connection: trained, spec, training }: ResolvedRow): ModelCost {
  const connection = withIterations(trained, spec.evaluate?.iterations);
  const solve = solveOf(connection);
  const { layers, width, intermediate = 4 * width } = encoder;
  const isHub = encoder.from === 'hub';
  const config = {
    layers,
    width,
    feedForwardWidth: intermediate,
    heads: isHub ? Math.max(1, Math.round(width / headWidth)) : encoder.heads,
    family: encoder.family ?? 'bert',
  };
  const [{ maxLength: length } = { maxLength: 128 }] = training.values();
  const gflops = (convention: 'paper' | 'executed'): number =>
    forwardFlops({ config, connection }, { length, convention }) / 1e9;
  return {
    gflops: gflops('paper'),
    executedGflops: gflops('executed'),
    length,
    ...(solve === undefined ? {} : { solve: solverEvaluations(solve.solver) }),
  };
}
