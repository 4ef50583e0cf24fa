import { join } from 'node:path';
import { attackSchema, type RecipeName, recipes, runAttacks } from '@im-bert/attacks';
import { exists, nearest, UserError } from '@im-bert/core';
import { type Task, taskNames, tasks, type Texts } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { createEngine } from '@im-bert/jit/node';
import { hubVectors, sentenceModel } from '../experiment/schema.ts';
import { type AttackTools, openAttackTools } from '../run/attack-tools.ts';
import { describeAttack, showsColours } from './attack-text.ts';
import { loadVictim } from './load-victim.ts';
import { hubOf } from './open-plan.ts';
import { fineTuneVictim, hasRealVictim, type NamedVictim, trainSyntheticVictim } from './train-victim.ts';

/** Options of `im-bert attack`. */
export interface AttackCommandOptions {
  /** A trained model's folder, such as one that `run` kept; else one is trained, on the hub's data if there are any. */
  readonly model?: string;
  readonly recipe?: string;
  readonly hub?: string;
  /** Counter-fitted vectors; without it those of the hub's folder, if it has them. */
  readonly vectors?: string;
  readonly task: string;
  readonly seed: string;
  /** The right label, by name or number; without it what the model says of the sentence. */
  readonly label?: string;
}

/** Least cosine of a synonym for the hub's vectors (their SOURCE.md): at the official 0.5 most candidates are none. */
const hubWordCosine = 0.7;
const officialWordCosine = 0.5;
/** The bound on similarity that suits `sentenceModel` (docs/attacks.md); the recipes' own is the Universal Sentence Encoder's. */
const calibratedSentenceCosine = 0.92;

function oneOf<Name extends string>(option: string, names: readonly Name[], got: string): Name {
  const found = names.find((name) => name === got);
  if (found !== undefined) return found;
  throw new UserError({
    where: `--${option}`,
    expected: names.join(', '),
    got: `"${got}"`,
    nearest: nearest(got, names),
  });
}

/** The vectors' file: that of the option, else the hub's if it has one. */
async function findVectors({ vectors, hub }: AttackCommandOptions): Promise<string | undefined> {
  if (vectors !== undefined) return vectors;
  const path = hub === undefined ? undefined : join(hub, hubVectors);
  return path !== undefined && (await exists(path)) ? path : undefined;
}

function noVectors(recipe: string): UserError {
  return new UserError({
    where: `--recipe=${recipe}`,
    expected: `word vectors (--vectors=FILE, or --hub=DIR with ${hubVectors})`,
    got: 'none',
    remedy:
      'The official ones are counter-fitted-vectors.txt of nmrksic/counter-fitting; deepwordbug needs none.',
  });
}

function wordCosineOf(vectors: string | undefined): number {
  return vectors?.endsWith(hubVectors) ? hubWordCosine : officialWordCosine;
}

async function openTools(options: AttackCommandOptions, engine: Engine): Promise<AttackTools> {
  const vectors = await findVectors(options);
  const names = Object.keys(recipes) as RecipeName[];
  const name = oneOf(
    'recipe',
    names,
    options.recipe ?? (vectors === undefined ? 'deepwordbug' : 'textfooler'),
  );
  const needs: readonly string[] = recipes[name].needs;
  if (needs.includes('vectors') && vectors === undefined) throw noVectors(name);
  if (!needs.includes('vectors') && options.vectors !== undefined)
    throw new UserError({
      where: `--vectors=${options.vectors}`,
      expected: `no vectors for ${name}`,
      got: 'a file that it would not read',
    });
  const recipe = attackSchema.parse({
    name,
    ...(needs.includes('encoder') ? { minimumSentenceCosine: calibratedSentenceCosine } : {}),
    ...(name === 'textfooler' ? { variant: 'textattack', minimumWordCosine: wordCosineOf(vectors) } : {}),
  });
  const needed = needs.includes('vectors') ? vectors : undefined;
  return openAttackTools({ recipe, sentenceModel }, needed, hubOf(options), engine);
}

async function openVictim(
  task: Task,
  { model, seed, ...options }: AttackCommandOptions,
  engine: Engine,
): Promise<NamedVictim> {
  const hub = hubOf(options);
  if (model !== undefined) return loadVictim(model, task, hub, engine);
  if (await hasRealVictim(task, hub)) return fineTuneVictim(task, hub, Number(seed), engine);
  if (task !== 'imdb') return trainSyntheticVictim(task, hub, Number(seed), engine);
  throw new UserError({
    where: '--task=imdb',
    expected: '--model=DIR, or --hub=DIR with IMDB in it',
    got: 'none',
    remedy: 'There is no embedded IMDB; take --task=sst2.',
  });
}

/** The label of the command line; undefined where it leaves that to the model. @throws UserError if there is no such label */
function givenLabel(given: string | undefined, labels: readonly string[]): number | undefined {
  if (given === undefined) return undefined;
  const number = Number(given);
  return Number.isInteger(number) && number >= 0 && number < labels.length
    ? number
    : labels.indexOf(oneOf('label', labels, given));
}

function likeliest(probabilities: ArrayLike<number>): number {
  const all = Array.from(probabilities);
  return all.indexOf(Math.max(...all));
}

/** The text or pair that a task takes. @throws UserError for another number of texts, or one without a word */
function textsFor(task: Task, sentences: readonly string[]): Texts {
  const [first = '', second] = sentences;
  const wordless = sentences.find((sentence) => !/[\p{L}\p{N}]/u.test(sentence));
  if (sentences.length !== tasks[task].columns.length)
    throw new UserError({
      where: `--task=${task}`,
      expected: tasks[task].columns.map((column) => `a ${column}`).join(' and '),
      got: `${sentences.length} texts`,
    });
  if (wordless !== undefined)
    throw new UserError({ where: 'im-bert attack', expected: 'a text with a word', got: `"${wordless}"` });
  return second === undefined ? [first] : [first, second];
}

/** `im-bert attack`: attacks one sentence, or the second of a pair, and shows what came of it. */
export async function attackCommand(
  sentences: readonly string[],
  options: AttackCommandOptions,
): Promise<number> {
  const task = oneOf('task', taskNames, options.task);
  const texts = textsFor(task, sentences);
  const { labels } = tasks[task];
  const given = givenLabel(options.label, labels);
  hubOf(options); // a wrong folder is said before anything is loaded
  const engine = await createEngine('onnx');
  try {
    const { attack, encoder } = await openTools(options, engine);
    const seed = Number(options.seed);
    const { victim, name } = await openVictim(task, options, engine);
    const field = texts.length - 1;
    const read = attack.read(texts[field] ?? '').text;
    const [answer = []] = await victim([texts.length === 1 ? [read] : [texts[0], read]]);
    const { records } = await runAttacks({
      victim,
      examples: [{ id: 'sentence', texts, label: given ?? likeliest(answer) }],
      attack,
      seed,
      ...(encoder === undefined ? {} : { encoder }),
    });
    for (const record of records)
      process.stdout.write(describeAttack(record, name, labels, showsColours(process.stdout)));
    return 0;
  } finally {
    await engine.dispose();
  }
}
