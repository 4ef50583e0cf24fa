import type { Engine } from '@im-bert/jit';
import type * as tf from '@tensorflow/tfjs-core';
import { wordEmbeddings } from '../config/parameter-shapes.ts';
import type { EmbeddedInputs } from '../encoder/embed.ts';
import { parameterOf } from '../encoder/parameters.ts';
import { sumRows } from '../encoder/word-embeddings.ts';
import { classifySequence } from '../model/classifier.ts';
import { dropoutMaskShapes } from '../model/mask-sets.ts';
import type { Structure } from '../model/model.ts';
import { lossAndGradients, type LossWithValues, type Tensors } from './differentiate.ts';
import { dropoutMasksFromSites, drawMasks, type PassMasks } from './dropout-sites.ts';
import { batchShape, float, graphTensors, hostInputs } from './host-tensors.ts';
import { crossEntropyLoss, lossTargets } from './loss.ts';
import { layerResiduals, residualOutputs } from './residuals.ts';
import type { Executor } from './types.ts';

/** Name of the looked-up words among the variables; parameters' names have dots. */
const words = 'words';

/** The forward pass as a pure function: logits and residuals. */
function forwardGraph(structure: Structure, parameters: Tensors, inputs: EmbeddedInputs): Tensors {
  const { logits, residuals } = classifySequence(structure, parameters, inputs, null, { measureEnd: true });
  return { logits, ...residualOutputs(residuals) };
}

/** Loss and gradients as a pure function. */
function stepGraph(
  structure: Structure,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  targets: tf.Tensor,
  masks: PassMasks<tf.Tensor>,
): LossWithValues & { readonly gradients: Tensors } {
  const passMasks = dropoutMasksFromSites(masks);
  const evaluate = (variables: Tensors): LossWithValues => {
    const embedded = { ...inputs, wordEmbeddings: parameterOf(variables, words) };
    const { logits, residuals } = classifySequence(structure, variables, embedded, passMasks, {
      measureEnd: false,
    });
    return {
      loss: crossEntropyLoss(logits, targets),
      values: { logits, ...residualOutputs(residuals) },
    };
  };
  return lossAndGradients(evaluate, { ...parameters, [words]: inputs.wordEmbeddings });
}

/** Runs a step as one graph: nothing is computed twice, and all activations are held at once. */
export function wholeExecutor(engine: Engine, structure: Structure): Executor {
  const forward = engine.compile(
    (parameters: Tensors, inputs: EmbeddedInputs) => forwardGraph(structure, parameters, inputs),
    { name: 'classifier' },
  );
  const step = engine.compile(
    (parameters: Tensors, inputs: EmbeddedInputs, targets: tf.Tensor, masks: PassMasks<tf.Tensor>) =>
      stepGraph(structure, parameters, inputs, targets, masks),
    { name: 'classifier step' },
  );
  return {
    logits: async (parameters, inputs) => {
      const outputs = await forward(graphTensors(parameters), hostInputs(structure, parameters, inputs));
      return { logits: float(outputs['logits']), residuals: layerResiduals(outputs) };
    },
    lossAndGradients: async (parameters, batch, { dropout, into, perturbation }) => {
      const masks = drawMasks(dropoutMaskShapes(structure, batchShape(batch)), dropout);
      const inputs = hostInputs(structure, parameters, batch, perturbation);
      const targets = lossTargets(batch, structure.labels);
      const { loss, values, gradients } = await step.run([graphTensors(parameters), inputs, targets, masks], {
        into: { gradients: graphTensors(into) },
      });
      const embeddingGradient = float(gradients[words]);
      const table = parameterOf(into, wordEmbeddings);
      sumRows(embeddingGradient, batch.ids, structure.config.vocabularySize, table.data);
      return {
        loss: float(loss).data[0] ?? NaN,
        logits: float(values['logits']),
        residuals: layerResiduals(values),
        embeddingGradient,
      };
    },
    dispose: async () => {
      await forward.dispose();
      await step.dispose();
    },
  };
}
