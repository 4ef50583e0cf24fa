import { type Attack, changedWords, type Constraint, type Transformation } from '../engine/attack.ts';
import type { AttackState } from '../engine/attack.ts';
import type { Answer } from '../engine/goal.ts';
import type { AttackedText } from '../text/attacked-text.ts';
import { stopWords } from '../text/stop-words.ts';

/** How words are ranked. */
type Importance = 'unknown' | 'delete' | 'weighted-saliency';

export interface GreedyOptions {
  readonly importance: Importance;
  readonly transformation: Transformation;
  /** Asked in this order, before the victim is. */
  readonly constraints: readonly Constraint[];
}

interface Candidate {
  readonly word: string;
  readonly answer: Answer;
  readonly similarity: number | undefined;
}

/** Indices by score, largest first; of equals, the first place first. */
export function byScore(indices: readonly number[], scores: readonly number[]): number[] {
  return indices
    .map((index, row) => ({ index, score: scores[row] ?? -Infinity }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
}

/** Candidates that pass every constraint; a later constraint judges only those that passed the earlier ones. */
async function allowed(
  state: AttackState,
  current: AttackedText,
  index: number,
  { transformation, constraints }: GreedyOptions,
): Promise<{ word: string; similarity: number | undefined }[]> {
  const word = current.words[index] ?? '';
  let candidates = transformation(word, state.random)
    .filter((other) => other !== word)
    .map((other): { word: string; similarity: number | undefined } => ({
      word: other,
      similarity: undefined,
    }));
  const { original, cosines } = state;
  for (const constraint of constraints) {
    if (candidates.length === 0) break;
    const words = candidates.map((candidate) => candidate.word);
    const verdicts = await constraint({ original, current, index, cosines }, words);
    candidates = candidates.flatMap((candidate, row) =>
      verdicts[row]?.passes === true
        ? [{ ...candidate, similarity: verdicts[row].similarity ?? candidate.similarity }]
        : [],
    );
  }
  return candidates;
}

async function tryWord(
  state: AttackState,
  current: AttackedText,
  index: number,
  options: GreedyOptions,
): Promise<Candidate[]> {
  const candidates = await allowed(state, current, index, options);
  const answers = await state.goal.ask(candidates.length, (row) =>
    current.textWith(index, candidates[row]?.word ?? ''),
  );
  return answers
    .map((answer, row) => ({ word: '', similarity: undefined, ...candidates[row], answer }))
    .sort((a, b) => a.answer.right - b.answer.right);
}

function softmax(scores: readonly number[]): number[] {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** PWWS: softmax of the saliencies times what the word's best candidate reaches (TextAttack's weighted-saliency). */
async function weighted(
  state: AttackState,
  indices: readonly number[],
  saliencies: readonly number[],
  options: GreedyOptions,
): Promise<number[]> {
  const weights = softmax(saliencies);
  const scores: number[] = [];
  for (const [row, index] of indices.entries()) {
    const [best] = await tryWord(state, state.original, index, options);
    scores.push(best === undefined ? 0 : (weights[row] ?? 0) * (1 - best.answer.right));
  }
  return scores;
}

async function ranked(state: AttackState, options: GreedyOptions): Promise<number[]> {
  const { original, goal } = state;
  const indices = [...original.words.keys()].filter(
    (index) => !stopWords.has((original.words[index] ?? '').toLowerCase()),
  );
  const answers = await goal.ask(indices.length, (row) =>
    options.importance === 'delete'
      ? original.textWithout(indices[row] ?? 0)
      : original.textWith(indices[row] ?? 0, '[UNK]'),
  );
  const scores = answers.map(({ right }) => 1 - right);
  if (options.importance !== 'weighted-saliency') return byScore(indices, scores);
  return byScore(indices, await weighted(state, indices, scores, options));
}

/** Of those that succeed the most similar, where similarity was measured; else the best (candidates are sorted). */
function mostSimilar(candidates: readonly Candidate[]): Candidate | undefined {
  let [best] = candidates;
  for (const candidate of candidates) {
    if (!candidate.answer.succeeds || candidate.similarity === undefined) break;
    if (candidate.similarity > (best?.similarity ?? -Infinity)) best = candidate;
  }
  return best;
}

/**
 * TextAttack's GreedyWordSwapWIR, score 1 - p_y: words in the order of importance, each changed at most once, stop words
 * never; of a word's candidates the best is taken if it improves on the current text; the first success ends it.
 */
export function greedyByImportance(options: GreedyOptions): Attack['search'] {
  return async (state) => {
    let { original: current, first: answer } = state;
    for (const index of await ranked(state, options)) {
      if (state.goal.exhausted) break;
      const candidates = await tryWord(state, current, index, options);
      const [best] = candidates;
      if (best === undefined || best.answer.right >= answer.right) continue;
      const taken = (best.answer.succeeds ? mostSimilar(candidates) : best) ?? best;
      current = current.with(index, taken.word);
      ({ answer } = taken);
      if (answer.succeeds) break;
    }
    return { text: current.text, answer, changes: changedWords(state.original, current) };
  };
}
