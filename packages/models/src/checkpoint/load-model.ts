import { type FloatTensor, loadYaml, type Located, UserError, validate, valueAt } from '@im-bert/core';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type EncoderConfig, parseEncoderConfig } from '../config/encoder-config.ts';
import { classifierShapes } from '../config/parameter-shapes.ts';
import {
  connectionSchema,
  type ConnectionSpec,
  layerKinds,
  monotoneConnection,
} from '../connections/connections.ts';
import { familyOf } from '../families/families.ts';
import type { Model } from '../model/model.ts';
import { initialParameter } from './initial-parameters.ts';
import { refuseUnlikelyValues } from './likely-values.ts';
import { nameFromCheckpoint } from './parameter-names.ts';
import { openSafetensors, type SafetensorsFile } from './safetensors.ts';
import { broken, type TensorEntry } from './safetensors-header.ts';
import { checkStructure } from './saved-structure.ts';

export interface LoadOptions {
  /** Seed of the head's parameters that the checkpoint lacks. */
  readonly seed: number;
  /** C; default: as many as the checkpoint's classifier has. */
  readonly labels?: number;
  /** Default: what the checkpoint was saved with, else monotone. */
  readonly connection?: ConnectionSpec;
}

/** A model with what a careful reader of its checkpoint would want to know. */
export interface LoadedModel extends Model {
  /** Parameters of the head that the checkpoint lacks, drawn from the seed. */
  readonly initialised: readonly string[];
  /** Tensors of the checkpoint that a sequence classifier has no use for, such as a language-model head. */
  readonly ignored: readonly string[];
}

/**
 * Loads a sequence classifier from a Hugging Face checkpoint of a family that we know (`families/`): a folder with config.json and
 * model.safetensors, of the encoder alone, of a language model or of a classifier. Narrow floats are widened to float32.
 * @throws UserError on a missing, truncated or damaged file, a missing encoder parameter, a shape that does not fit the
 * configuration, weights that are not finite, a config.json other than that saved with the weights, or a connection that
 * does not fit the depth
 */
export async function loadModel(
  folder: string,
  { seed, labels, connection }: LoadOptions,
): Promise<LoadedModel> {
  const document = await loadConfig(folder);
  const config = parseEncoderConfig(document);
  const saved = savedConnection(document);
  const spec = connection ?? saved ?? monotoneConnection;
  layerKinds(spec, config.layers); // throws if a layer does not exist
  const path = join(folder, 'model.safetensors');
  const file = await openSafetensors(path);
  try {
    const checkpoint = { path, config, file, names: namesOf(path, config, file) };
    checkStructure(checkpoint, config, saved);
    const classes = labels ?? savedLabels(checkpoint);
    return {
      config,
      connection: spec,
      labels: classes,
      ...(await readParameters(checkpoint, classes, { seed, isFinished: labels === undefined })),
    };
  } finally {
    await file.close();
  }
}

interface Checkpoint {
  readonly path: string;
  readonly config: EncoderConfig;
  readonly file: SafetensorsFile;
  /** From our names to the file's. */
  readonly names: ReadonlyMap<string, string>;
}

async function loadConfig(folder: string): Promise<Located> {
  const path = join(folder, 'config.json');
  try {
    await access(path);
  } catch (cause) {
    throw new UserError(
      {
        where: path,
        expected: 'a readable file',
        got: 'none',
        remedy: 'A model is a folder with config.json and model.safetensors.',
      },
      { cause },
    );
  }
  return loadYaml(path); // JSON is YAML, and this reader knows lines
}

function savedConnection(document: Located): ConnectionSpec | undefined {
  const saved = valueAt(document, ['im_bert', 'connection']);
  return saved === undefined ? undefined : validate(connectionSchema, saved);
}

/** @throws UserError if two names of the file are one of ours */
function namesOf(
  path: string,
  { family }: EncoderConfig,
  { entries }: SafetensorsFile,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const stored of entries.keys()) {
    const name = nameFromCheckpoint(family, stored);
    const other = names.get(name);
    if (other !== undefined) throw broken(path, `one tensor ${name}`, `${other} and ${stored}`);
    names.set(name, stored);
  }
  return names;
}

function entryOf({ file, names }: Checkpoint, name: string): TensorEntry | undefined {
  return file.entries.get(names.get(name) ?? '');
}

function savedLabels(checkpoint: Checkpoint): number {
  const [, , weight] = familyOf(checkpoint.config).head;
  const [classes] = entryOf(checkpoint, weight)?.shape ?? [];
  if (classes !== undefined) return classes;
  throw new UserError({
    where: checkpoint.path,
    expected: `a classifier (${weight})`,
    got: 'none',
    remedy: 'Say how many labels the new one has.',
  });
}

async function readParameters(
  checkpoint: Checkpoint,
  labels: number,
  { seed, isFinished }: { readonly seed: number; readonly isFinished: boolean },
): Promise<Pick<LoadedModel, 'parameters' | 'initialised' | 'ignored'>> {
  const { config, names } = checkpoint;
  const shapes = classifierShapes(config, labels);
  const initialised = missingHeadParameters(checkpoint, shapes, isFinished);
  const parameters: Record<string, FloatTensor> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const stored = names.get(name);
    parameters[name] =
      stored === undefined
        ? initialParameter(config, name, shape, seed)
        : await readParameter(checkpoint, stored, shape);
  }
  const ignored = [...names].filter(([name]) => shapes[name] === undefined).map(([, stored]) => stored);
  return { parameters, initialised, ignored };
}

/**
 * @param isFinished whether the checkpoint is a classifier that has been trained, and lacks nothing
 * @throws UserError if anything else is missing than parameters of a head that is to be trained
 */
function missingHeadParameters(
  { path, config, names }: Checkpoint,
  shapes: Readonly<Record<string, unknown>>,
  isFinished: boolean,
): readonly string[] {
  const head: readonly string[] = familyOf(config).head;
  const missing = Object.keys(shapes).filter((name) => !names.has(name));
  const essential = missing.filter(
    (name) => isFinished || !head.includes(name) || names.has(partnerOf(name)),
  );
  if (essential.length === 0) return missing;
  const listed = essential.slice(0, 3).join(', ');
  throw new UserError({
    where: path,
    expected: `every parameter of a ${config.family} encoder of ${config.layers} layers`,
    got: `a file without ${listed}${essential.length > 3 ? ` and ${essential.length - 3} more` : ''}`,
    remedy: 'Does config.json belong to this file?',
  });
}

/** A module's bias for its weight, and its weight for its bias: a file that has one of them alone is damaged. */
function partnerOf(name: string): string {
  return name.endsWith('weight') ? name.replace(/weight$/, 'bias') : name.replace(/bias$/, 'weight');
}

async function readParameter(
  { path, file }: Checkpoint,
  stored: string,
  shape: readonly number[],
): Promise<FloatTensor> {
  const where = `${path} ${stored}`;
  const found = file.entries.get(stored)?.shape ?? [];
  if (found.join() !== shape.join())
    throw new UserError({
      where,
      expected: `shape [${shape.join(', ')}], by config.json and the number of labels`,
      got: `[${found.join(', ')}]`,
    });
  const tensor = await file.read(stored);
  refuseUnlikelyValues(where, tensor);
  return tensor;
}
