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
import { dropoutMasksFromSites, drawMasks, mapPassMasks, type PassMasks } from './dropout-sites.ts';
import { batchShape, float, graphTensors, hostInputs } from './host-tensors.ts';
import { crossEntropyLoss, lossTargets } from './loss.ts';
import { layerResiduals, residualOutputs } from './residuals.ts';
import { joinGradients, joinGroups, joinValues, rowGroups, sumOf, type Take } from './row-groups.ts';
import type { Executor } from './types.ts';

/** Name of the looked-up words among the variables; parameters' names have dots. */
const words = 'words';

/** The groups that a batch goes through a graph in, by the looked-up words [B, L, D]. */
function groupsOf({ wordEmbeddings }: EmbeddedInputs, tokensAtOnce: number): readonly Take[] {
  const [batch = 0, length = 0] = wordEmbeddings.shape;
  return rowGroups(batch, length, tokensAtOnce);
}

function takeInputs({ wordEmbeddings, typeIds, mask }: EmbeddedInputs, take: Take): EmbeddedInputs {
  return { wordEmbeddings: take(wordEmbeddings), typeIds: take(typeIds), mask: take(mask) };
}

/** The forward pass as a pure function: logits and residuals. */
function forwardGraph(
  structure: Structure,
  tokensAtOnce: number,
  parameters: Tensors,
  inputs: EmbeddedInputs,
): Tensors {
  const parts = groupsOf(inputs, tokensAtOnce).map((take): Tensors => {
    const group = takeInputs(inputs, take);
    const { logits, residuals } = classifySequence(structure, parameters, group, null, { measureEnd: true });
    return { logits, ...residualOutputs(residuals) };
  });
  return joinGroups(parts, joinValues);
}

/** Loss and gradients as a pure function. */
function stepGraph(
  structure: Structure,
  tokensAtOnce: number,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  targets: tf.Tensor,
  masks: PassMasks<tf.Tensor>,
): LossWithValues & { readonly gradients: Tensors } {
  const parts = groupsOf(inputs, tokensAtOnce).map((take) => {
    const group = takeInputs(inputs, take);
    const groupMasks = dropoutMasksFromSites(mapPassMasks(masks, take));
    const evaluate = (variables: Tensors): LossWithValues => {
      const embedded = { ...group, wordEmbeddings: parameterOf(variables, words) };
      const { logits, residuals } = classifySequence(structure, variables, embedded, groupMasks, {
        measureEnd: false,
      });
      const loss = crossEntropyLoss(logits, take(targets));
      return { loss, values: { logits, ...residualOutputs(residuals) } };
    };
    return lossAndGradients(evaluate, { ...parameters, [words]: group.wordEmbeddings });
  });
  return {
    loss: sumOf(parts.map(({ loss }) => loss)),
    values: joinGroups(
      parts.map(({ values }) => values),
      joinValues,
    ),
    gradients: joinGroups(
      parts.map(({ gradients }) => gradients),
      joinGradients(words),
    ),
  };
}

/** Runs a step as one graph: nothing is computed twice, and all activations are held at once. */
export function wholeExecutor(engine: Engine, structure: Structure, tokensAtOnce: number): Executor {
  const forward = engine.compile(
    (parameters: Tensors, inputs: EmbeddedInputs) =>
      forwardGraph(structure, tokensAtOnce, parameters, inputs),
    { name: 'classifier' },
  );
  const step = engine.compile(
    (parameters: Tensors, inputs: EmbeddedInputs, targets: tf.Tensor, masks: PassMasks<tf.Tensor>) =>
      stepGraph(structure, tokensAtOnce, parameters, inputs, targets, masks),
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
