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
import { type Hub, loadTokenizer } from '@im-bert/data';
import type { Engine } from '@im-bert/jit';
import { loadModel } from '@im-bert/models';
import type { AttackEvaluation } from '../experiment/schema.ts';

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
  return meanPoolingEncoder({ engine, model, tokenizer, maxLength: sentenceLength }).encode;
}

/** Loads what the recipe needs. @throws UserError if the hub lacks the vectors or the sentence encoder */
export async function openAttackTools(
  { recipe, vectors, sentenceModel }: AttackEvaluation,
  hub: Hub,
  engine: Engine,
): Promise<AttackTools> {
  const needs: readonly string[] = recipes[recipe.name].needs;
  const attack = createAttack(recipe, {
    ...(needs.includes('vectors') ? { vectors: await loadWordVectors(await hub.file(vectors)) } : {}),
    ...(needs.includes('tag') ? { tag: winkTagger() } : {}),
    ...(needs.includes('synonyms') ? { synonyms: wordNetSynonyms() } : {}),
  });
  const encoder = needs.includes('encoder')
    ? await openSentenceEncoder(sentenceModel, hub, engine)
    : undefined;
  return { attack, encoder };
}
