import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttackRecord,
  attackSchema,
  type AttackSpec,
  classifierVictim,
  createAttack,
  loadWordVectors,
  meanPoolingEncoder,
  type RecipeName,
  recipes,
  runAttacks,
  type SentenceEncoder,
  type Victim,
  winkTagger,
  wordNetSynonyms,
} from '@im-bert/attacks';
import { nearest, UserError } from '@im-bert/core';
import {
  bucketsUpTo,
  embeddedCorpus,
  encodeExamples,
  loadTokenizer,
  makeBatches,
  type Task,
  taskNames,
  tasks,
  type Texts,
} from '@im-bert/data';
import { createEngine, type Engine } from '@im-bert/jit';
import { createExecutor, loadModel, type Model, monotoneConnection } from '@im-bert/models';
import { splitTrainValidation, train, trainingSchema } from '@im-bert/training';
import { openEncoder } from '../run/encoders.ts';
import { hubOf } from './open-plan.ts';

/** Options of `im-bert attack`. */
export interface AttackCommandOptions {
  /** A folder with a trained model, as `run --keep-weights` writes it; without it a small one is trained. */
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

const hubVectors = 'vectors/counter-fitted-glove-100d.txt.gz';
/** Its SOURCE.md: at the official 0.5 most candidates are related words and no synonyms. */
const hubWordCosine = 0.7;
/** Stands in for the Universal Sentence Encoder. */
const sentenceModel = 'sentence-transformers/all-MiniLM-L6-v2';

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

/** The vectors' file and the cosine that suits it. */
async function findVectors({ vectors, hub }: AttackCommandOptions): Promise<[string, number] | undefined> {
  if (vectors !== undefined) return [vectors, vectors.endsWith(hubVectors) ? hubWordCosine : 0.5];
  const path = hub === undefined ? undefined : join(hub, hubVectors);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return path === undefined || found === undefined ? undefined : [path, hubWordCosine];
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

interface Prepared {
  readonly spec: AttackSpec;
  readonly resources: Parameters<typeof createAttack>[1];
  readonly encoder: SentenceEncoder | undefined;
}

async function openSentenceEncoder(options: AttackCommandOptions, engine: Engine): Promise<SentenceEncoder> {
  const folder = await hubOf(options).model(sentenceModel);
  const model = await loadModel(folder, { seed: 1, labels: 2 });
  return meanPoolingEncoder({ engine, model, tokenizer: await loadTokenizer(folder), maxLength: 256 }).encode;
}

async function prepare(options: AttackCommandOptions, engine: Engine): Promise<Prepared> {
  const found = await findVectors(options);
  const names = Object.keys(recipes) as RecipeName[];
  const name = oneOf('recipe', names, options.recipe ?? (found === undefined ? 'deepwordbug' : 'textfooler'));
  const needs: readonly string[] = recipes[name].needs;
  if (needs.includes('vectors') && found === undefined) throw noVectors(name);
  const [path = '', minimumWordCosine] = found ?? [];
  const spec = attackSchema.parse(
    name === 'textfooler' ? { name, variant: 'textattack', minimumWordCosine } : { name },
  );
  const resources = {
    ...(needs.includes('vectors') ? { vectors: await loadWordVectors(path) } : {}),
    ...(needs.includes('tag') ? { tag: winkTagger() } : {}),
    ...(needs.includes('synonyms') ? { synonyms: wordNetSynonyms() } : {}),
  };
  const encoder = needs.includes('encoder') ? await openSentenceEncoder(options, engine) : undefined;
  return { spec, resources, encoder };
}

/** What the small model for a first look is: it learns the embedded corpora in seconds. */
const small = { from: 'scratch', family: 'bert', layers: 2, width: 64, heads: 2, dropout: 0.1 } as const;
const smallLength = 32;

async function trainSmall(
  task: Exclude<Task, 'imdb'>,
  seed: number,
  engine: Engine,
): Promise<{ victim: Victim; labels: readonly string[] }> {
  process.stdout.write(
    `No --model: training a small one on the embedded, synthetic ${tasks[task].title}; it knows few words.\n`,
  );
  const source = await openEncoder(small, hubOf({}));
  const model = await source.model({ connection: monotoneConnection, seed }, tasks[task].labels.length);
  const executor = createExecutor(engine, model);
  const batchSize = 8;
  const parts = splitTrainValidation(embeddedCorpus(task, { seed: 1 }).train.slice(0, 600), 0.2, seed);
  const [fit, held] = [parts.train, parts.validation].map((part) =>
    encodeExamples(source.tokenizer, part, smallLength),
  );
  const bucketLengths = bucketsUpTo(smallLength);
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-attack-'));
  try {
    const result = await train<Model>({
      executor,
      model,
      trainBatches: (random) => makeBatches(fit ?? [], { batchSize, random, bucketLengths }),
      validationBatches: makeBatches(held ?? [], { batchSize, bucketLengths }),
      spec: trainingSchema.parse({
        batchSize,
        epochs: 2,
        maxLength: smallLength,
        optimizer: { learningRate: 2e-3 },
      }),
      seed,
      folder,
      checkpointEvery: 1000,
    });
    const { tokenizer } = source;
    const victim = classifierVictim({ executor, model: result.model, tokenizer, maxLength: smallLength });
    return { victim, labels: tasks[task].labels };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder that a run kept has no tokenizer of its own: the encoder's, beside it or of the hub, reads its text. */
async function loadVictim(
  { model: folder = '', hub }: AttackCommandOptions,
  task: Task,
  engine: Engine,
): Promise<{ victim: Victim; labels: readonly string[] }> {
  const model = await loadModel(folder, { seed: 1 });
  const own = await stat(join(folder, 'tokenizer.json')).catch(() => undefined);
  const source =
    own !== undefined
      ? await loadTokenizer(folder)
      : model.config.vocabularySize < 1000
        ? (await openEncoder({ ...small, family: model.config.family }, hubOf({}))).tokenizer
        : await loadTokenizer(await hubOf(hub === undefined ? {} : { hub }).model(sentenceModel));
  if (source.vocabularySize !== model.config.vocabularySize)
    throw new UserError({
      where: folder,
      expected: `the tokenizer of a vocabulary of ${model.config.vocabularySize}`,
      got: `one of ${source.vocabularySize}`,
      remedy: "Copy the tokenizer.json of the model's encoder into the folder.",
    });
  const maxLength = Math.min(256, model.config.positions - 2);
  const victim = classifierVictim({
    executor: createExecutor(engine, model),
    model,
    tokenizer: source,
    maxLength,
  });
  return { victim, labels: tasks[task].labels };
}

function labelOf(
  given: string | undefined,
  labels: readonly string[],
  probabilities: ArrayLike<number>,
): number {
  if (given === undefined) {
    const all = Array.from(probabilities);
    return all.indexOf(Math.max(...all));
  }
  const number = Number(given);
  return Number.isInteger(number) && number >= 0 && number < labels.length
    ? number
    : labels.indexOf(oneOf('label', labels, given));
}

/** The text with its changes marked: red on a terminal, [[word]] elsewhere. */
function highlighted(record: Pick<AttackRecord, 'perturbed' | 'changes'>, terminal: boolean): string {
  let text = record.perturbed;
  let from = 0;
  for (const { to } of record.changes) {
    const at = to === '' ? -1 : text.indexOf(to, from);
    if (at === -1) continue;
    const marked = terminal ? `\u001b[1;31m${to}\u001b[0m` : `[[${to}]]`;
    text = text.slice(0, at) + marked + text.slice(at + to.length);
    from = at + marked.length;
  }
  return text;
}

function shares(probabilities: readonly number[], labels: readonly string[]): string {
  return probabilities
    .map((share, label) => `${labels[label] ?? label} ${(100 * share).toFixed(1)} %`)
    .join(', ');
}

function report(record: AttackRecord, labels: readonly string[], terminal: boolean): string {
  const { status, queries, cacheHits, changes, words, probabilities } = record;
  const verdicts = {
    success: 'Success: the model is fooled.',
    failed: 'Failed: the model stays right.',
    skipped: 'Skipped: the model is wrong already.',
  };
  return [
    `Before  ${record.original}\n        ${shares(probabilities.original, labels)}`,
    `After   ${highlighted(record, terminal)}\n        ${shares(probabilities.perturbed, labels)}`,
    ...changes.map(
      ({ position, from, to }) => `        word ${position + 1}: ${from === '' ? 'added' : from} -> ${to}`,
    ),
    `${verdicts[status]} ${changes.length} of ${words} words changed, ${queries} queries (${cacheHits} from cache), ` +
      `attack ${record.attack}, seed ${record.seed}.\n`,
  ].join('\n');
}

/** `im-bert attack`: attacks one sentence, or the second of a pair, and shows what came of it. */
export async function attackCommand(
  sentences: readonly string[],
  options: AttackCommandOptions,
): Promise<number> {
  const task = oneOf('task', taskNames, options.task);
  const [first = '', second] = sentences;
  const texts: Texts = second === undefined ? [first] : [first, second];
  if (texts.length !== tasks[task].columns.length)
    throw new UserError({
      where: `--task=${task}`,
      expected: tasks[task].columns.map((column) => `a ${column}`).join(' and '),
      got: `${sentences.length} texts`,
    });
  const engine = await createEngine('onnx', options.model === undefined ? { threads: 1 } : {});
  try {
    const { spec, resources, encoder } = await prepare(options, engine);
    const seed = Number(options.seed);
    if (task === 'imdb' && options.model === undefined)
      throw new UserError({
        where: '--task=imdb',
        expected: '--model=DIR',
        got: 'none',
        remedy: 'There is no embedded IMDB; take --task=sst2.',
      });
    const { victim, labels } =
      options.model === undefined && task !== 'imdb'
        ? await trainSmall(task, seed, engine)
        : await loadVictim(options, task, engine);
    const attack = createAttack(spec, resources);
    const field = texts.length - 1;
    const read = attack.read(texts[field] ?? '').text;
    const [answer = []] = await victim([texts.length === 1 ? [read] : [texts[0], read]]);
    const { records } = await runAttacks({
      victim,
      examples: [{ id: 'sentence', texts, label: labelOf(options.label, labels, answer) }],
      attack,
      seed,
      ...(encoder === undefined ? {} : { encoder }),
    });
    for (const record of records) process.stdout.write(report(record, labels, process.stdout.isTTY));
    return 0;
  } finally {
    await engine.dispose();
  }
}
