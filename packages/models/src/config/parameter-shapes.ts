import { familyOf } from '../families/families.ts';
import type { EncoderConfig } from './encoder-config.ts';

type Size = keyof Pick<EncoderConfig, 'width' | 'feedForwardWidth'>;

/** Parameters of one encoder layer under their Hugging Face names, after `encoder.layer.<n>.`. Weights are [out, in]. */
const layerTable = {
  'attention.self.query.weight': ['width', 'width'],
  'attention.self.query.bias': ['width'],
  'attention.self.key.weight': ['width', 'width'],
  'attention.self.key.bias': ['width'],
  'attention.self.value.weight': ['width', 'width'],
  'attention.self.value.bias': ['width'],
  'attention.output.dense.weight': ['width', 'width'],
  'attention.output.dense.bias': ['width'],
  'attention.output.LayerNorm.weight': ['width'],
  'attention.output.LayerNorm.bias': ['width'],
  'intermediate.dense.weight': ['feedForwardWidth', 'width'],
  'intermediate.dense.bias': ['feedForwardWidth'],
  'output.dense.weight': ['width', 'feedForwardWidth'],
  'output.dense.bias': ['width'],
  'output.LayerNorm.weight': ['width'],
  'output.LayerNorm.bias': ['width'],
} as const satisfies Record<string, readonly Size[]>;

export type LayerParameterName = keyof typeof layerTable;
export const layerParameterNames = Object.keys(layerTable) as readonly LayerParameterName[];

/** The word-embedding table's name: the one parameter that never enters a graph (its rows are looked up on the host). */
export const wordEmbeddings = 'embeddings.word_embeddings.weight';

/** The token-type table's name, in families that have one. */
export const typeEmbeddings = 'embeddings.token_type_embeddings.weight';

/** Shapes of the embedding parameters that enter a graph. */
function embeddingShapes(config: EncoderConfig): Shapes {
  const { width, positions, tokenTypes } = config;
  return {
    'embeddings.position_embeddings.weight': [positions, width],
    ...(familyOf(config).hasTokenTypes ? { [typeEmbeddings]: [tokenTypes, width] } : {}),
    'embeddings.LayerNorm.weight': [width],
    'embeddings.LayerNorm.bias': [width],
  };
}

/** Names of the embedding parameters that enter a graph. */
export function embeddingParameterNames(config: EncoderConfig): readonly string[] {
  return Object.keys(embeddingShapes(config));
}

/** Names of the parameters that all layers read. */
export function sharedParameterNames(config: EncoderConfig): readonly string[] {
  return Object.keys(familyOf(config).shared?.shapes(config) ?? {});
}

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** `encoder.layer.<index>.<name>`, the full name of a layer's parameter; `index` counts from 0 as in the files. */
export function layerParameter(index: number, name: LayerParameterName): string {
  return `encoder.layer.${index}.${name}`;
}

/** Shapes of one layer's parameters. */
export function layerShapes(config: EncoderConfig): Readonly<Record<LayerParameterName, readonly number[]>> {
  const shapes = Object.entries(layerTable).map(([name, sizes]) => [name, sizes.map((size) => config[size])]);
  return Object.fromEntries(shapes) as Record<LayerParameterName, readonly number[]>;
}

/** Shapes of the embedding tables and of every layer: what a pretrained checkpoint always has. */
function encoderShapes(config: EncoderConfig): Shapes {
  const { vocabularySize, width, layers } = config;
  const perLayer = Object.entries(layerShapes(config)) as [LayerParameterName, readonly number[]][];
  return Object.fromEntries([
    [wordEmbeddings, [vocabularySize, width]],
    ...Object.entries(embeddingShapes(config)),
    ...Array.from({ length: layers }, (_, index) =>
      perLayer.map(([name, shape]): [string, readonly number[]] => [layerParameter(index, name), shape]),
    ).flat(),
    ...Object.entries(familyOf(config).shared?.shapes(config) ?? {}),
  ] satisfies [string, readonly number[]][]);
}

/** Shapes of the classification head's parameters. @param labels number of classes */
export function headShapes(config: EncoderConfig, labels: number): Shapes {
  const { width } = config;
  const shapes = [[width, width], [width], [labels, width], [labels]];
  return Object.fromEntries(familyOf(config).head.map((name, index) => [name, shapes[index] ?? []]));
}

/** Shapes of every parameter of a sequence classifier, in the order of the files. */
export function classifierShapes(config: EncoderConfig, labels: number): Shapes {
  return { ...encoderShapes(config), ...headShapes(config, labels) };
}
