import type { Compiled, Engine } from '@im-bert/jit';
import type * as tf from '@tensorflow/tfjs-core';
import { type ConnectionKind, connectionKinds } from '../connections/connections.ts';
import type { EmbeddedInputs } from '../encoder/embed.ts';
import type { Structure } from '../model/model.ts';
import { byLoss, type ByLoss } from './by-loss.ts';
import {
  embeddingBackward,
  embeddingForward,
  headForward,
  headStep,
  layerBackward,
  layerForward,
  type LayerVariant,
  type LinkInputs,
} from './chain-links.ts';
import type { LossWithValues, Tensors } from './differentiate.ts';
import type { SiteMasks } from './dropout-sites.ts';

type Masks = SiteMasks<tf.Tensor>;
type ForwardLink = Compiled<[Tensors, LinkInputs, Masks], Tensors>;

type HeadStep = Compiled<
  [Tensors, Tensors, Tensors, Masks],
  LossWithValues & { readonly gradients: Tensors }
>;

/** The graphs of one kind of layer. */
export interface LayerLinks {
  readonly forward: ForwardLink;
  /** As `forward`, with the residual of the returned state. */
  readonly measuredForward: ForwardLink;
  readonly backward: Compiled<[Tensors, LinkInputs, Masks, tf.Tensor], Tensors>;
}

/** A chain's links, each compiled when it first runs on a shape. */
export interface CompiledChain {
  readonly embeddingForward: Compiled<[Tensors, EmbeddedInputs, Masks], tf.Tensor>;
  readonly embeddingBackward: Compiled<[Tensors, EmbeddedInputs, Masks, tf.Tensor], Tensors>;
  readonly layers: Readonly<Record<ConnectionKind, LayerLinks>>;
  /** The last layer where only its first position is read. */
  readonly lastLayers: Readonly<Record<ConnectionKind, LayerLinks>>;
  readonly headForward: Compiled<[Tensors, tf.Tensor, Masks], tf.Tensor>;
  readonly headSteps: ByLoss<HeadStep>;
  dispose(): Promise<void>;
}

/** Prepares the links of a structure. */
export function compileChain(engine: Engine, structure: Structure, tokensAtOnce: number): CompiledChain {
  const links: { dispose(): Promise<void> }[] = [];
  /** Binds the structure and whatever else does not change. */
  const compile = <Args extends readonly unknown[], Out>(
    name: string,
    fn: (...args: Args) => Out,
  ): Compiled<Args, Out> => {
    const link = engine.compile(fn, { name });
    links.push(link);
    return link;
  };
  const layerLinks = (variant: LayerVariant): LayerLinks => ({
    forward: compile(`${variant.kind} layer`, (...args: [Tensors, LinkInputs, Masks]) =>
      layerForward(structure, variant, false, ...args),
    ),
    measuredForward: compile(`${variant.kind} layer, measured`, (...args: [Tensors, LinkInputs, Masks]) =>
      layerForward(structure, variant, true, ...args),
    ),
    backward: compile(`${variant.kind} layer, backward`, (...args: [Tensors, LinkInputs, Masks, tf.Tensor]) =>
      layerBackward(structure, variant, ...args),
    ),
  });
  const linksOf = (wanted: number | undefined): CompiledChain['layers'] =>
    Object.fromEntries(
      connectionKinds.map((kind) => [kind, layerLinks({ kind, wanted, tokensAtOnce })]),
    ) as CompiledChain['layers'];
  return {
    embeddingForward: compile('embeddings', (...args: [Tensors, EmbeddedInputs, Masks]) =>
      embeddingForward(structure, ...args),
    ),
    embeddingBackward: compile(
      'embeddings, backward',
      (...args: [Tensors, EmbeddedInputs, Masks, tf.Tensor]) => embeddingBackward(structure, ...args),
    ),
    layers: linksOf(undefined),
    lastLayers: linksOf(1),
    headForward: compile('head', (...args: [Tensors, tf.Tensor, Masks]) => headForward(structure, ...args)),
    headSteps: byLoss((loss) =>
      compile(`head, ${loss.name}`, (...args: [Tensors, Tensors, Tensors, Masks]) =>
        headStep(structure, loss, ...args),
      ),
    ),
    dispose: async () => {
      for (const link of links) await link.dispose();
    },
  };
}
