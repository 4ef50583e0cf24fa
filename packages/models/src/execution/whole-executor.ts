import type { BoolTensor } from '@im-bert/core';
import type { Compiled, Engine } from '@im-bert/jit';
import type * as tf from '@tensorflow/tfjs-core';
import { wordEmbeddings } from '../config/parameter-shapes.ts';
import type { EmbeddedInputs } from '../encoder/embed.ts';
import { parameterOf } from '../encoder/parameters.ts';
import { sumRows } from '../encoder/word-embeddings.ts';
import { classifySequence } from '../model/classifier.ts';
import type { EncoderInputs } from '../model/check-inputs.ts';
import { dropoutMaskShapes } from '../model/mask-sets.ts';
import type { Structure } from '../model/model.ts';
import { byLoss } from './by-loss.ts';
import { lossAndGradients, type LossWithValues, mapTensors, type Tensors } from './differentiate.ts';
import { dropoutMasksFromSites, drawMasks, mapPassMasks, type PassMasks } from './dropout-sites.ts';
import { batchShape, float, graphTensors, hostInputs } from './host-tensors.ts';
import { labelLoss } from './loss.ts';
import { layerResiduals, residualOutputs } from './residuals.ts';
import { joinGradients, joinGroups, joinValues, rowGroups, sumOf, type Take } from './row-groups.ts';
import type { DropoutSource, LossFunction, PassExecutor } from './types.ts';

type Masks = PassMasks<tf.Tensor>;

/** Name of the looked-up words among the variables; parameters' names have dots. */
const words = 'words';

/** The groups that a batch goes through a graph in, by the looked-up words [B, L, D]. */
function groupsOf({ wordEmbeddings }: EmbeddedInputs, tokensAtOnce: number, together = 1): readonly Take[] {
  const [batch = 0, length = 0] = wordEmbeddings.shape;
  return rowGroups(batch, length, tokensAtOnce, together);
}

function takeInputs({ wordEmbeddings, typeIds, mask }: EmbeddedInputs, take: Take): EmbeddedInputs {
  return { wordEmbeddings: take(wordEmbeddings), typeIds: take(typeIds), mask: take(mask) };
}

/** The forward pass as a pure function: logits and residuals. */
function forwardGraph(
  structure: Structure,
  tokensAtOnce: number,
  measured: boolean,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  masks: Masks,
): Tensors {
  const parts = groupsOf(inputs, tokensAtOnce).map((take): Tensors => {
    const group = takeInputs(inputs, take);
    const groupMasks = dropoutMasksFromSites(mapPassMasks(masks, take));
    const { logits, residuals } = classifySequence(structure, parameters, group, groupMasks, {
      measureEnd: measured,
    });
    return { logits, ...(measured ? residualOutputs(residuals) : {}) };
  });
  return joinGroups(parts, joinValues);
}

/** Loss and gradients as a pure function. */
function stepGraph(
  structure: Structure,
  tokensAtOnce: number,
  loss: LossFunction,
  parameters: Tensors,
  inputs: EmbeddedInputs,
  lossInputs: Tensors,
  masks: Masks,
): LossWithValues & { readonly gradients: Tensors } {
  const parts = groupsOf(inputs, tokensAtOnce, loss.rowsTogether).map((take) => {
    const group = takeInputs(inputs, take);
    const groupMasks = dropoutMasksFromSites(mapPassMasks(masks, take));
    const evaluate = (variables: Tensors): LossWithValues => {
      const inputs = { ...group, wordEmbeddings: parameterOf(variables, words) };
      const { residuals, ...outputs } = classifySequence(structure, variables, inputs, groupMasks, {
        measureEnd: false,
      });
      const { logits, features } = outputs;
      const view = loss.readsEmbedded === true ? outputs : { logits, features };
      return {
        loss: loss.evaluate(view, mapTensors(lossInputs, take)),
        values: { ...view, ...residualOutputs(residuals) },
      };
    };
    return lossAndGradients(evaluate, { ...parameters, [words]: group.wordEmbeddings });
  });
  return {
    loss: sumOf(parts.map((part) => part.loss)),
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
export function wholeExecutor(engine: Engine, structure: Structure, tokensAtOnce: number): PassExecutor {
  const forward = (name: string, measured: boolean): Compiled<[Tensors, EmbeddedInputs, Masks], Tensors> =>
    engine.compile((...args) => forwardGraph(structure, tokensAtOnce, measured, ...args), { name });
  const classifier = forward('classifier', false);
  const measuredClassifier = forward('classifier, measured', true);
  const steps = byLoss((loss) =>
    engine.compile(
      (parameters: Tensors, inputs: EmbeddedInputs, lossInputs: Tensors, masks: Masks) =>
        stepGraph(structure, tokensAtOnce, loss, parameters, inputs, lossInputs, masks),
      { name: `classifier step, ${loss.name}` },
    ),
  );
  const masksOf = (
    inputs: Pick<EncoderInputs, 'ids'>,
    dropout: DropoutSource | null,
  ): PassMasks<BoolTensor> => drawMasks(dropoutMaskShapes(structure, batchShape(inputs)), dropout);
  return {
    logits: async (parameters, inputs, { dropout = null, perturbation, residuals = true } = {}) => {
      const embedded = hostInputs(structure, parameters, inputs, perturbation);
      const graph = residuals ? measuredClassifier : classifier;
      const outputs = await graph(graphTensors(parameters), embedded, masksOf(inputs, dropout));
      return { logits: float(outputs['logits']), residuals: layerResiduals(outputs) };
    },
    lossAndGradients: async (parameters, batch, options) => {
      const { dropout, into, perturbation, reachesWords } = options;
      const { of, inputs: lossInputs } = options.loss ?? labelLoss(batch, structure.labels);
      const inputs = hostInputs(structure, parameters, batch, perturbation);
      const { loss, values, gradients } = await steps
        .get(of)
        .run([graphTensors(parameters), inputs, lossInputs, masksOf(batch, dropout)], {
          into: { gradients: graphTensors(into) },
        });
      const embeddingGradient = float(gradients[words]);
      const table = parameterOf(into, wordEmbeddings).data;
      sumRows(embeddingGradient, batch.ids, structure.config.vocabularySize, table, reachesWords);
      return {
        loss: float(loss).data[0] ?? NaN,
        logits: float(values['logits']),
        features: float(values['features']),
        ...(values['embedded'] === undefined ? {} : { embedded: float(values['embedded']) }),
        residuals: layerResiduals(values),
        embeddingGradient,
      };
    },
    dispose: async () => {
      await classifier.dispose();
      await measuredClassifier.dispose();
      await steps.dispose();
    },
  };
}
