import { UserError } from '@im-bert/core';
import { embeddedTokenizer, type Hub, loadTokenizer, type Tokenizer } from '@im-bert/data';
import {
  type EncoderConfig,
  type FamilyName,
  familyOf,
  loadModel,
  type Model,
  randomModel,
} from '@im-bert/models';
import { scratchLength } from '../experiment/limits.ts';
import type { CellSpec, PresentEncoder } from '../plan/cell.ts';
import { checkTokenizer } from './fitting-tokenizer.ts';

/** An encoder's tokenizer, and its models: one for each head, connection and seed. */
export interface EncoderSource {
  readonly tokenizer: Tokenizer;
  /** The model folder with the tokenizer's files; undefined for that of the embedded corpora, which has none. */
  readonly tokenizerFolder?: string;
  model(spec: Pick<CellSpec, 'connection' | 'seed'>, labels: number): Promise<Model>;
}

type Scratch = Extract<PresentEncoder, { from: 'scratch' }>;
type FromHub = Extract<PresentEncoder, { from: 'hub' }>;

/** Positions of an encoder from scratch: RoBERTa leaves two of them unused. */
const scratchPositions = scratchLength + 2;

function scratchConfig(encoder: Scratch, tokenizer: Tokenizer): EncoderConfig {
  return {
    family: encoder.family,
    vocabularySize: tokenizer.vocabularySize,
    width: encoder.width,
    layers: encoder.layers,
    heads: encoder.heads,
    feedForwardWidth: encoder.intermediate ?? 4 * encoder.width,
    positions: scratchPositions,
    tokenTypes: familyOf(encoder).hasTokenTypes ? 2 : 1,
    layerNormEpsilon: familyOf(encoder).layerNormEpsilon,
    hiddenDropout: encoder.dropout,
    attentionDropout: encoder.dropout,
    classifierDropout: encoder.dropout,
    initializerRange: 0.02,
    padId: tokenizer.padId,
  };
}

function scratchSource(encoder: Scratch): EncoderSource {
  const tokenizer = embeddedTokenizer(encoder.family);
  const config = scratchConfig(encoder, tokenizer);
  return {
    tokenizer,
    model: ({ connection, seed }, labels) =>
      Promise.resolve(randomModel({ config, labels, connection }, seed)),
  };
}

type Shape = Pick<EncoderConfig, 'layers' | 'width'> & { readonly family?: FamilyName | undefined };

function checkShape(encoder: FromHub, config: EncoderConfig): void {
  const shape = ({ layers, width, family = 'bert' }: Shape): string =>
    `${layers} layers of ${width} of the family ${family}`;
  if (shape(config) === shape(encoder)) return;
  throw new UserError({
    where: `${encoder.model} config.json`,
    expected: `${shape(encoder)}, as the experiment says`,
    got: shape(config),
    remedy: "Correct the encoder's layers, width and family in the YAML file.",
  });
}

async function hubSource(encoder: FromHub, hub: Hub): Promise<EncoderSource> {
  const folder = await hub.model(encoder.model);
  const tokenizer = await loadTokenizer(folder);
  return {
    tokenizer,
    tokenizerFolder: folder,
    model: async ({ connection, seed }, labels) => {
      const model = await loadModel(folder, { labels, connection, seed });
      checkShape(encoder, model.config);
      checkTokenizer(folder, tokenizer, model);
      return model;
    },
  };
}

/** Opens an encoder. @throws UserError if it is missing, damaged or of another shape */
export async function openEncoder(encoder: PresentEncoder, hub: Hub): Promise<EncoderSource> {
  return encoder.from === 'scratch' ? scratchSource(encoder) : hubSource(encoder, hub);
}
