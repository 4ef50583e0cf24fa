import type { BoolTensor, FloatTensor } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import { embeddingParameterNames, sharedParameterNames, wordEmbeddings } from '../config/parameter-shapes.ts';
import { type ConnectionKind, layerKinds } from '../connections/connections.ts';
import { layerParametersOf, parameterOf, pickParameters } from '../encoder/parameters.ts';
import { familyOf } from '../families/families.ts';
import { sumRows } from '../encoder/word-embeddings.ts';
import type { EncoderInputs } from '../model/check-inputs.ts';
import { wantedPositions } from '../model/classifier.ts';
import { dropoutMaskShapes } from '../model/mask-sets.ts';
import type { Structure } from '../model/model.ts';
import { BufferPool } from './buffer-pool.ts';
import { compileChain, type CompiledChain, type LayerLinks } from './compile-chain.ts';
import { embedded, state, words } from './chain-links.ts';
import { drawMasks, type PassMasks } from './dropout-sites.ts';
import { batchShape, float, type HostInputs, hostInputs } from './host-tensors.ts';
import { labelLoss } from './loss.ts';
import { layerResiduals } from './residuals.ts';
import type {
  ForwardPassOptions,
  LabelledInputs,
  LayerResidual,
  NamedTensors,
  PassExecutor,
  PassOptions,
  Prediction,
  PredictionOptions,
  TrainingPass,
} from './types.ts';

/**
 * Runs a step as a chain of graphs: embeddings, one graph for all layers of a kind, head. The backward pass computes
 * each layer anew from its stored input, so compile time and memory do not grow with the depth or the solver.
 */
export class ChainExecutor implements PassExecutor {
  readonly #chain: CompiledChain;
  readonly #structure: Structure;
  readonly #kinds: readonly ConnectionKind[];
  readonly #embeddingNames: readonly string[];
  /** State t is buffer t; two more hold the cotangents in turn, and one each what a layer contributes to shared gradients. */
  readonly #states = new BufferPool();

  /** @param tokensAtOnce as in `ExecutorOptions` */
  constructor(engine: Engine, structure: Structure, tokensAtOnce: number) {
    this.#chain = compileChain(engine, structure, tokensAtOnce);
    this.#structure = structure;
    this.#embeddingNames = embeddingParameterNames(structure.config);
    this.#kinds = layerKinds(structure.connection, structure.config.layers);
  }

  async logits(
    parameters: NamedTensors,
    inputs: EncoderInputs,
    { dropout = null, perturbation, residuals: measured = true }: PredictionOptions = {},
  ): Promise<Prediction> {
    const { mask, ...embedded } = hostInputs(this.#structure, parameters, inputs, perturbation);
    const masks = drawMasks(dropoutMaskShapes(this.#structure, batchShape(inputs)), dropout);
    const embeddings = pickParameters(parameters, this.#embeddingNames);
    let hidden = float(
      await this.#chain.embeddingForward(embeddings, { mask, ...embedded }, masks.embeddings),
    );
    const residuals: LayerResidual[] = [];
    for (const [index, kind] of this.#kinds.entries()) {
      const links = this.#links(index, kind);
      const link = measured ? links.measuredForward : links.forward;
      const into = { [state]: this.#output(1 + (index % 2), index, hidden) };
      const outputs = await link.run(
        [this.#layer(parameters, index), { hidden, mask }, masks.layers[index] ?? {}],
        { into },
      );
      if (measured)
        residuals.push(...layerResiduals(outputs).map((residual) => ({ ...residual, layer: index + 1 })));
      hidden = float(outputs[state]);
    }
    const logits = float(await this.#chain.headForward(this.#head(parameters), hidden, masks.head));
    return { logits, residuals };
  }

  async lossAndGradients(
    parameters: NamedTensors,
    batch: LabelledInputs,
    { dropout, into, perturbation, loss, reachesWords }: PassOptions,
  ): Promise<TrainingPass> {
    const inputs = hostInputs(this.#structure, parameters, batch, perturbation);
    const masks = drawMasks(dropoutMaskShapes(this.#structure, batchShape(batch)), dropout);
    const embeddings = pickParameters(parameters, this.#embeddingNames);
    const first = await this.#chain.embeddingForward.run([embeddings, inputs, masks.embeddings], {
      into: this.#state(0, inputs.wordEmbeddings),
    });
    const forward = await this.#layersForward(parameters, float(first), inputs.mask, masks.layers);
    const { of, inputs: lossInputs } = loss ?? labelLoss(batch, this.#structure.labels);
    const h0 = of.readsEmbedded === true ? { embedded: float(first) } : {};
    const head = await this.#chain.headSteps
      .get(of)
      .run([this.#head(parameters), { [state]: forward.hidden, ...h0 }, lossInputs, masks.head], {
        into: { gradients: { ...this.#head(into), [state]: this.#cotangent(0, forward.hidden) } },
      });
    const cotangent = await this.#layersBackward(
      parameters,
      float(head.gradients[state]),
      inputs,
      masks.layers,
      into,
    );
    if (of.readsEmbedded === true) addTo(cotangent, float(head.gradients[embedded]));
    const gradients = await this.#chain.embeddingBackward.run(
      [embeddings, inputs, masks.embeddings, cotangent],
      { into: pickParameters(into, this.#embeddingNames) },
    );
    const embeddingGradient = float(gradients[words]);
    const table = parameterOf(into, wordEmbeddings).data;
    sumRows(embeddingGradient, batch.ids, this.#structure.config.vocabularySize, table, reachesWords);
    return {
      loss: float(head.loss).data[0] ?? NaN,
      logits: float(head.values['logits']),
      features: float(head.values['features']),
      ...h0,
      residuals: forward.residuals,
      embeddingGradient,
    };
  }

  async states(
    parameters: NamedTensors,
    inputs: EncoderInputs,
    { perturbation }: Pick<ForwardPassOptions, 'perturbation'> = {},
  ): Promise<readonly FloatTensor[]> {
    const { mask, ...embedded } = hostInputs(this.#structure, parameters, inputs, perturbation);
    const embeddings = pickParameters(parameters, this.#embeddingNames);
    let hidden = float(await this.#chain.embeddingForward(embeddings, { mask, ...embedded }, {}));
    const states = [hidden];
    for (const [index, kind] of this.#kinds.entries()) {
      const { forward } = this.#chain.layers[kind]; // of the last layer, too, every position
      const outputs = await forward(this.#layer(parameters, index), { hidden, mask }, {});
      hidden = float(outputs[state]);
      states.push(hidden);
    }
    return states;
  }

  dispose(): Promise<void> {
    return this.#chain.dispose();
  }

  /** Fills the states 1 to the depth. */
  async #layersForward(
    parameters: NamedTensors,
    first: FloatTensor,
    mask: FloatTensor,
    masks: PassMasks<BoolTensor>['layers'],
  ): Promise<{ hidden: FloatTensor; residuals: LayerResidual[] }> {
    let hidden = first;
    const residuals: LayerResidual[] = [];
    for (const [index, kind] of this.#kinds.entries()) {
      const outputs = await this.#links(index, kind).forward.run(
        [this.#layer(parameters, index), { hidden, mask }, masks[index] ?? {}],
        { into: { [state]: this.#output(index + 1, index, first) } },
      );
      residuals.push(...layerResiduals(outputs).map((residual) => ({ ...residual, layer: index + 1 })));
      hidden = float(outputs[state]);
    }
    return { hidden, residuals };
  }

  /** From the gradient by the last state to that by the first; fills the layers' gradients. */
  async #layersBackward(
    parameters: NamedTensors,
    last: FloatTensor,
    { mask, wordEmbeddings: like }: HostInputs,
    masks: PassMasks<BoolTensor>['layers'],
    into: NamedTensors,
  ): Promise<FloatTensor> {
    let cotangent = last;
    const shared = this.#shared(into);
    for (const { data } of Object.values(shared)) data.fill(0);
    for (const [index, kind] of [...this.#kinds.entries()].reverse()) {
      const hidden = this.#state(index, like);
      const gradients = await this.#links(index, kind).backward.run(
        [this.#layer(parameters, index), { hidden, mask }, masks[index] ?? {}, cotangent],
        {
          into: {
            ...this.#layer(into, index),
            ...this.#contributions(shared),
            [state]: this.#cotangent(this.#kinds.length - index, like),
          },
        },
      );
      for (const [name, sum] of Object.entries(shared)) addTo(sum, float(gradients[name]));
      cotangent = float(gradients[state]);
    }
    return cotangent;
  }

  #links(index: number, kind: ConnectionKind): LayerLinks {
    const { layers, lastLayers } = this.#chain;
    return (wantedPositions(this.#kinds, index) === undefined ? layers : lastLayers)[kind];
  }

  /** The buffer of that number for what a layer makes of an input [B, L, D]. */
  #output(buffer: number, index: number, { shape }: FloatTensor): FloatTensor {
    const [batch = 0, length = 0, width = 0] = shape;
    return this.#states.get(buffer, [batch, wantedPositions(this.#kinds, index) ?? length, width]);
  }

  #state(index: number, like: FloatTensor): FloatTensor {
    return this.#states.get(index, like.shape);
  }

  /** The head writes turn 0, the last layer turn 1 and so on: never the one that is being read. */
  #cotangent(turn: number, like: FloatTensor): FloatTensor {
    return this.#states.get(this.#kinds.length + 1 + (turn % 2), like.shape);
  }

  /** The tensors that belong to a layer, and those that belong to all. */
  #layer(tensors: NamedTensors, index: number): NamedTensors {
    return layerParametersOf(tensors, this.#structure.config, index);
  }

  #shared(tensors: NamedTensors): NamedTensors {
    return pickParameters(tensors, sharedParameterNames(this.#structure.config));
  }

  /** Buffers for what one layer contributes to the gradients of parameters that all layers read. */
  #contributions(shared: NamedTensors): NamedTensors {
    const first = this.#kinds.length + 3; // after the states and both cotangents
    return Object.fromEntries(
      Object.entries(shared).map(([name, { shape }], at) => [name, this.#states.get(first + at, shape)]),
    );
  }

  #head(tensors: NamedTensors): NamedTensors {
    return pickParameters(tensors, familyOf(this.#structure.config).head);
  }
}

/** Adds a tensor to a sum of the same shape, in place. */
function addTo(sum: FloatTensor, { data }: FloatTensor): void {
  data.forEach((value, index) => (sum.data[index] = (sum.data[index] ?? 0) + value));
}
