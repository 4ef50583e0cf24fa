import { join } from 'node:path';
import {
  type Attack,
  createAttack,
  loadWordVectors,
  meanPoolingEncoder,
  recipes,
  type SentenceEncoder,
  winkTagger,
  wordNetSynonyms,
} from '@im-bert/attacks';
import { exists, UserError } from '@im-bert/core';
import { type Hub, loadTokenizer } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { loadModel } from '@im-bert/models';
import type { AttackEvaluation } from '../experiment/schema.ts';
import { checkTokenizer } from './fitting-tokenizer.ts';

/** An attack with all that it needs loaded; the cells of a table share it. */
export interface AttackTools {
  readonly attack: Attack;
  /** For recipes that measure similarity. */
  readonly encoder: SentenceEncoder | undefined;
}

/** Tokens of a text whose similarity is measured; all-MiniLM-L6-v2 was trained with 256. */
const sentenceLength = 256;

async function openSentenceEncoder(name: string, hub: Hub, engine: Engine): Promise<SentenceEncoder> {
  const folder = await hub.model(name);
  const model = await loadModel(folder, { seed: 1, labels: 2 });
  const tokenizer = await loadTokenizer(folder);
  checkTokenizer(folder, tokenizer, model);
  return meanPoolingEncoder({ engine, model, tokenizer, maxLength: sentenceLength }).encode;
}

/**
 * The file of word vectors that the recipe needs; undefined if it needs none.
 * @param folder the hub's, which the experiment's path is within
 * @throws UserError if it is not there
 */
export async function findVectors(
  { recipe, vectors }: AttackEvaluation,
  folder: string | undefined,
): Promise<string | undefined> {
  const needs: readonly string[] = recipes[recipe.name].needs;
  if (!needs.includes('vectors')) return undefined;
  const path = folder === undefined ? undefined : join(folder, vectors);
  if (path !== undefined && (await exists(path))) return path;
  throw new UserError({
    where: `attack ${recipe.name}`,
    expected: `word vectors at ${path ?? `${vectors} in the folder of --hub`}`,
    got: folder === undefined ? 'no --hub' : 'no such file',
    remedy: 'Put counter-fitted vectors there, or take deepwordbug, which needs none.',
  });
}

/** Loads what the recipe needs. @throws UserError if the hub lacks the sentence encoder */
export async function openAttackTools(
  { recipe, sentenceModel }: Pick<AttackEvaluation, 'recipe' | 'sentenceModel'>,
  vectors: string | undefined,
  hub: Hub,
  engine: Engine,
): Promise<AttackTools> {
  const needs: readonly string[] = recipes[recipe.name].needs;
  const attack = createAttack(recipe, {
    ...(vectors === undefined ? {} : { vectors: await loadWordVectors(vectors) }),
    ...(needs.includes('tag') ? { tag: winkTagger() } : {}),
    ...(needs.includes('synonyms') ? { synonyms: wordNetSynonyms() } : {}),
  });
  const encoder = needs.includes('encoder')
    ? await openSentenceEncoder(sentenceModel, hub, engine)
    : undefined;
  return { attack, encoder };
}
