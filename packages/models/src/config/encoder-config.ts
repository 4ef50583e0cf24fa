import { formatPlace, type Located, UserError, validate, valueAt } from '@im-bert/core';
import { z } from 'zod';
import { type ConnectionSpec, namePrefix, namePrefixes } from '../connections/connections.ts';
import { type FamilyName, familyNames, familyOf } from '../families/families.ts';

/** Shape and constants of an encoder. Letters: V vocabulary, D width, H heads, F feed-forward width. */
export interface EncoderConfig {
  readonly family: FamilyName;
  /** V */
  readonly vocabularySize: number;
  /** D, a multiple of `heads`. */
  readonly width: number;
  readonly layers: number;
  /** H */
  readonly heads: number;
  /** F */
  readonly feedForwardWidth: number;
  /** Rows of the position table; families that count from `padId + 1` leave the first ones unused. */
  readonly positions: number;
  /** 1 where the family has none. */
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  /** Dropout rates, in [0, 1). */
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  /** Standard deviation of freshly drawn weights. */
  readonly initializerRange: number;
  readonly padId: number;
}

// Bounds far above any encoder: what lies beyond is a damaged file, and would fill the memory.
const count = z
  .int()
  .positive()
  .max(2 ** 24);
const rate = z.number().min(0).lt(1);

/**
 * `model_type` of a config.json: with the prefix of its connection, such as `im-bert`. Such a model has an encoder's weights,
 * but is no plain one: another reader must refuse it.
 */
const modelTypes = new Map(
  familyNames.flatMap((name) =>
    namePrefixes.map((prefix) => [prefix === '' ? name : `${prefix}-${name}`, name] as const),
  ),
);

/** @throws RangeError for a type that the schema does not allow */
function familyOfType(type: string): FamilyName {
  const family = modelTypes.get(type);
  if (family === undefined) throw new RangeError(`familyOfType: expected a known type, got ${type}.`);
  return family;
}

/** The keys of a Hugging Face config.json that matter here, with the defaults of transformers. */
const hubConfigKeys = {
  model_type: z.enum([...modelTypes.keys()]),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count.max(1000),
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  type_vocab_size: count.default(2),
  layer_norm_eps: z.number().positive().max(0.1).default(1e-12),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  initializer_range: z.number().positive().max(10).default(0.02),
  pad_token_id: z.int().min(0).nullish(),
  hidden_act: z.literal('gelu').default('gelu'),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
};

function padIdOf(hub: { model_type: string; pad_token_id?: number | null | undefined }): number {
  return hub.pad_token_id ?? familyOf({ family: familyOfType(hub.model_type) }).padId;
}

/** Row of the position table that the first token uses. */
function firstPosition(family: FamilyName, padId: number): number {
  return familyOf({ family }).positionsAfterPadding ? padId + 1 : 0;
}

const hubConfigSchema = z
  .object(hubConfigKeys)
  .refine((hub) => hub.hidden_size % hub.num_attention_heads === 0, {
    path: ['hidden_size'],
    message: 'a multiple of num_attention_heads',
  })
  .refine((hub) => padIdOf(hub) < hub.vocab_size, { path: ['pad_token_id'], message: 'less than vocab_size' })
  .refine((hub) => hub.max_position_embeddings > firstPosition(familyOfType(hub.model_type), padIdOf(hub)), {
    path: ['max_position_embeddings'],
    message: 'more than pad_token_id + 1, the rows that this family leaves unused',
  });

/** @throws UserError for a key of the family that has another value than the one that we know */
function checkConstants(document: Located, family: FamilyName): void {
  for (const [key, expected] of Object.entries(familyOf({ family }).constants)) {
    const found = valueAt(document, [key]);
    if (found === undefined || (found.kind === 'scalar' && found.value === expected)) continue;
    throw new UserError({
      where: `${formatPlace(found.place)} ${key}`,
      expected: String(expected),
      got: 'another value',
    });
  }
}

/**
 * Reads a Hugging Face config.json.
 * @throws UserError with file, line and column on another model type, activation or position embedding, and on a
 * missing or impossible size
 */
export function parseEncoderConfig(document: Located): EncoderConfig {
  const hub = validate(hubConfigSchema, document);
  const family = familyOfType(hub.model_type);
  checkConstants(document, family);
  return {
    family,
    vocabularySize: hub.vocab_size,
    width: hub.hidden_size,
    layers: hub.num_hidden_layers,
    heads: hub.num_attention_heads,
    feedForwardWidth: hub.intermediate_size,
    positions: hub.max_position_embeddings,
    tokenTypes: familyOf({ family }).hasTokenTypes ? hub.type_vocab_size : 1,
    layerNormEpsilon: hub.layer_norm_eps,
    hiddenDropout: hub.hidden_dropout_prob,
    attentionDropout: hub.attention_probs_dropout_prob,
    classifierDropout: hub.classifier_dropout ?? hub.hidden_dropout_prob,
    initializerRange: hub.initializer_range,
    padId: padIdOf(hub),
  };
}

/**
 * The inverse of `parseEncoderConfig`: a config.json that transformers reads where all layers are connected as in its own
 * model, and refuses elsewhere.
 * @param names of the classes, in the order of the logits
 */
export function toHubConfig(
  config: EncoderConfig,
  connection: ConnectionSpec,
  names: readonly string[],
): Record<string, unknown> {
  const family = familyOf(config);
  const prefix = namePrefix(connection);
  return {
    architectures: [`${prefix.slice(0, 1).toUpperCase()}${prefix.slice(1)}${family.architecture}`],
    model_type: prefix === '' ? config.family : `${prefix}-${config.family}`,
    vocab_size: config.vocabularySize,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.feedForwardWidth,
    max_position_embeddings: config.positions,
    ...(family.hasTokenTypes ? { type_vocab_size: config.tokenTypes } : {}),
    ...family.constants,
    layer_norm_eps: config.layerNormEpsilon,
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    initializer_range: config.initializerRange,
    pad_token_id: config.padId,
    hidden_act: 'gelu',
    position_embedding_type: 'absolute',
    torch_dtype: 'float32',
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(names.map((name, label) => [String(label), name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}

/** Row of the position table that the first token uses. */
export function positionOffset({ family, padId }: Pick<EncoderConfig, 'family' | 'padId'>): number {
  return firstPosition(family, padId);
}

/** The longest sequence in tokens, special tokens included. */
export function maximumLength(config: Pick<EncoderConfig, 'family' | 'padId' | 'positions'>): number {
  return config.positions - positionOffset(config);
}
