import { randomStream, zerosLike } from '@im-bert/core';
import type { Executor, LabelledInputs, LayerResidual, NamedTensors } from '@im-bert/models';
import { Adam } from './adam.ts';
import { seededDropout } from './dropout.ts';
import { mapTensors } from './named-tensors.ts';
import type { Objective } from './objectives/objective.ts';
import { finiteOrNull, type ResidualRecord, type StepRecord } from './records.ts';
import type { RunState } from './run-state.ts';
import { scheduleFactor } from './schedule.ts';
import type { TrainingSpec } from './schema.ts';

/** Does one optimizer step on a batch: changes the state's weights and moments, and returns what happened. */
export type Stepper = (state: RunState, batch: LabelledInputs, epoch: number) => Promise<StepRecord>;

/** A stepper with buffers for the gradients of `parameters`. */
export function createStepper(
  executor: Executor,
  parameters: NamedTensors,
  spec: TrainingSpec,
  seed: number,
  totalSteps: number,
  objective: Objective,
): Stepper {
  const adam = new Adam(spec.optimizer);
  const gradients = mapTensors(parameters, zerosLike);
  return async (state, batch, epoch) => {
    const step = state.steps.length;
    const { loss, residuals } = await objective.step({
      executor,
      parameters: state.parameters,
      batch,
      dropout: (pass) => seededDropout(seed, step, pass),
      noise: randomStream(seed, `noise/${String(step)}`),
      memory: state.memory,
      progress: step / totalSteps,
      into: gradients,
    });
    const norm = await adam.norm(gradients);
    const learningRate = spec.optimizer.learningRate * scheduleFactor(spec.schedule, step, totalSteps);
    const skipped = !(Number.isFinite(loss) && Number.isFinite(norm));
    if (!skipped)
      await adam.update(state.parameters, gradients, state.adam, learningRate, clipFactor(spec, norm));
    return {
      ...{ step, epoch, loss: finiteOrNull(loss), learningRate, gradientNorm: finiteOrNull(norm), skipped },
      residuals: residuals.map((residual) => meanResidual(residual, batch.weights.data)),
    };
  };
}

/** What gradients are multiplied by so that their global norm is at most `clip`. */
function clipFactor({ clip }: TrainingSpec, norm: number): number {
  return clip === null || norm <= clip ? 1 : clip / norm;
}

/** The mean over a batch's rows, by their weights. */
function meanResidual({ layer, relative }: LayerResidual, weights: Float32Array): ResidualRecord {
  const [points = 0, rows = 0] = relative.shape;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const byIteration = Array.from({ length: points }, (_, point) => {
    const values = relative.data.subarray(point * rows, (point + 1) * rows);
    return finiteOrNull(values.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0) / total);
  });
  return { layer, byIteration };
}
