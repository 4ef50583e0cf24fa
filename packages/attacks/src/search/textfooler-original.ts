import { type Attack, type AttackState, changedWords } from '../engine/attack.ts';
import type { Answer } from '../engine/goal.ts';
import { type Tagger, tagInContext, tagsAgree } from '../constraints/part-of-speech.ts';
import { windowTexts } from '../constraints/similarity.ts';
import type { AttackedText } from '../text/attacked-text.ts';
import { stopWords } from '../text/stop-words.ts';
import { byScore } from './greedy-importance.ts';

export interface OriginalOptions {
  readonly neighbours: (word: string) => readonly string[];
  readonly tag: Tagger;
  readonly minimumCosine: number;
  /** In place of `minimumCosine` for texts shorter than the window. */
  readonly shortMinimumCosine: number;
  readonly window: number;
}

interface Candidate {
  readonly word: string;
  readonly answer: Answer;
}

/** I_i = p_y(x) - p_y(x\i), and where the label flips also p_new(x\i) - p_new(x). */
function importance(first: Answer, without: Answer): number {
  const gained = (without.probabilities[without.label] ?? 0) - (first.probabilities[without.label] ?? 0);
  return first.right - without.right + (without.succeeds ? gained : 0);
}

/** Candidates whose similarities are asked at once: with the text that they are compared with, a batch of the encoder's. */
const askedAtOnce = 3;

/**
 * The candidate that is taken for a word, if one is: rule 5 of methods.md 2.1. A candidate that fails a constraint costs 1
 * and more there, which no p_y exceeds; so a similarity is asked only where it can decide: of candidates that flip the
 * label, and of others by rising p_y until one is similar.
 */
async function chosen(
  state: AttackState,
  current: AttackedText,
  index: number,
  originalTag: string,
  options: OriginalOptions,
): Promise<Candidate | undefined> {
  const words = options.neighbours(current.words[index] ?? '');
  const answers = await state.goal.ask(words.length, (row) => current.textWith(index, words[row] ?? ''));
  const candidates = answers
    .map((answer, row) => ({ word: words[row] ?? '', answer }))
    .filter(({ word }) => tagsAgree(originalTag, tagInContext(options.tag, current, index, word)));
  const similarities = async (some: readonly Candidate[]): Promise<readonly number[]> => {
    const own = some.map(({ word }) => word);
    const texts = windowTexts(current, index, own, options.window);
    return (await state.cosines?.(texts.reference, texts.candidates)) ?? own.map(() => 1);
  };
  const short = current.words.length < options.window;
  const minimum = short ? options.shortMinimumCosine : options.minimumCosine;

  const flips = candidates.filter(({ answer }) => answer.succeeds);
  const ofFlips = await similarities(flips);
  const best = Math.max(...ofFlips);
  if (best >= minimum) return flips[ofFlips.indexOf(best)];

  // p_y must fall below the first one: it is never lowered as the text changes
  const lower = candidates
    .filter(({ answer }) => !answer.succeeds && answer.right < state.first.right)
    .sort((a, b) => a.answer.right - b.answer.right);
  for (let start = 0; start < lower.length; start += askedAtOnce) {
    const some = lower.slice(start, start + askedAtOnce);
    const similar = (await similarities(some)).findIndex((similarity) => similarity >= minimum);
    if (similar >= 0) return some[similar];
  }
  return undefined;
}

/**
 * TextFooler as its own code does it (jind11/TextFooler attack_classification.py): every word is ranked by replacing it
 * with "<oov>", every candidate is queried, and the constraints are judged afterwards. We end by the victim's answer to the final text,
 * as its last prediction does.
 */
export function originalTextFooler(options: OriginalOptions): Attack['search'] {
  return async (state) => {
    const { original, first, goal } = state;
    const all = [...original.words.keys()];
    const without = await goal.ask(all.length, (index) => original.textWith(index, '<oov>'));
    const scores = without.map((answer) => importance(first, answer));
    const tags = options.tag(original.words);
    const order = byScore(all, scores).filter((index) => !stopWords.has(original.words[index] ?? ''));
    let [current, answer] = [original, first];
    for (const index of order) {
      if (goal.exhausted) break;
      const taken = await chosen(state, current, index, tags[index] ?? 'X', options);
      if (taken === undefined) continue;
      current = current.with(index, taken.word);
      ({ answer } = taken);
      if (answer.succeeds) break;
    }
    return { text: current.text, answer, changes: changedWords(original, current) };
  };
}
