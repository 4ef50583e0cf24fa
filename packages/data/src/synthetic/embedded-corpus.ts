import { randomStream, type RandomStream } from '@im-bert/core';
import type { Example, Level } from '../example.ts';
import type { GlueTask } from '../tasks.ts';
import { answers } from './answers.ts';
import { claims } from './claims.ts';
import { duplicates } from './duplicates.ts';
import { inference, inferenceMismatched } from './inference.ts';
import type { Scene, SceneWriter } from './scene.ts';
import { sentiment } from './sentiment.ts';

/** A generated task: nothing in it is real data, and every id begins with `synthetic/`. */
export interface EmbeddedCorpus {
  readonly train: Example[];
  readonly validation: Example[];
  /** Example i is the misleading twin of `validation[i]`. */
  readonly adversarial: Example[];
}

/** Who writes a task's training scenes, and who its validation scenes and their twins. */
interface Writers {
  /** Names the stream, so that both MNLI tasks train on the same examples. */
  readonly trainName: string;
  readonly train: SceneWriter;
  readonly validation: SceneWriter;
}

const same = (trainName: string, writer: SceneWriter): Writers => ({
  trainName,
  train: writer,
  validation: writer,
});

const writers = {
  sst2: same('sst2', sentiment),
  qqp: same('qqp', duplicates),
  mnli: same('mnli', inference),
  'mnli-mm': { trainName: 'mnli', train: inference, validation: inferenceMismatched },
  qnli: same('qnli', answers),
  rte: same('rte', claims),
} as const satisfies Record<GlueTask, Writers>;

/** Everything the corpora can say, typos aside, as texts whose words are the vocabulary. */
export const embeddedLexicon: readonly string[] = Object.values(writers).flatMap(({ train, validation }) => [
  ...train.lexicon,
  ...validation.lexicon,
]);

/** Examples of a training set, and of a validation set and its twins. */
const sizes = { train: 1600, validation: 400 } as const;

/** The share of each level among the twins, as in AdvGLUE's dev set (455, 201 and 82 of 738). */
const levelShares: readonly (readonly [Level, number])[] = [
  ['word', 0.62],
  ['sentence', 0.27],
  ['human', 0.11],
];

/**
 * A synthetic corpus in the shape of a GLUE task, with an adversarial twin for each validation example: made of the
 * seed alone, so a first run needs no network. Its accuracies say nothing about real language.
 * @param options.seed any integer; equal seeds give equal corpora
 */
export function embeddedCorpus(task: GlueTask, options: { readonly seed: number }): EmbeddedCorpus {
  const { trainName, train, validation } = writers[task];
  const told = new Set<string>();
  const scenes = (part: string, writer: SceneWriter, count: number): Scene[] =>
    newScenes(randomStream(options.seed, `embedded/${part}`), writer, count, told);
  const trained = scenes(`${trainName}/train`, train, sizes.train);
  const held = scenes(`${task}/validation`, validation, sizes.validation);
  return {
    train: trained.map(({ clean }, index) => ({
      id: `synthetic/${trainName}/train/${String(index)}`,
      ...clean,
    })),
    validation: held.map(({ clean }, index) => ({
      id: `synthetic/${task}/validation/${String(index)}`,
      ...clean,
    })),
    adversarial: twinsOf(task, held, options.seed),
  };
}

/** Scenes whose clean texts have not been told yet; the labels take turns. */
function newScenes(random: RandomStream, writer: SceneWriter, count: number, told: Set<string>): Scene[] {
  const scenes: Scene[] = [];
  while (scenes.length < count) {
    const scene = writer.write(random, scenes.length % writer.labels);
    const text = scene.clean.texts.join('\n');
    if (told.has(text)) continue;
    told.add(text);
    scenes.push(scene);
  }
  return scenes;
}

function twinsOf(task: GlueTask, scenes: readonly Scene[], seed: number): Example[] {
  const random = randomStream(seed, `embedded/${task}/levels`);
  return scenes.map((scene, index) => {
    const level = levelAt(random.uniform());
    const id = `synthetic/${task}/adversarial/${String(index)}`;
    return { id, level, ...scene.twins[level](), original: scene.clean.texts };
  });
}

function levelAt(place: number): Level {
  let sum = 0;
  for (const [level, share] of levelShares) {
    sum += share;
    if (place < sum) return level;
  }
  return 'human';
}
