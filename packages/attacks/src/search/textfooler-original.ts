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
  readonly similarity: number;
  readonly similar: boolean;
  readonly tagged: boolean;
}

/** I_i = p_y(x) - p_y(x\i), and where the label flips also p_new(x\i) - p_new(x). */
function importance(first: Answer, without: Answer): number {
  const gained = (without.probabilities[without.label] ?? 0) - (first.probabilities[without.label] ?? 0);
  return first.right - without.right + (without.succeeds ? gained : 0);
}

async function judged(
  state: AttackState,
  current: AttackedText,
  index: number,
  originalTag: string,
  options: OriginalOptions,
): Promise<Candidate[]> {
  const words = options.neighbours(current.words[index] ?? '');
  const answers = await state.goal.ask(words.length, (row) => current.textWith(index, words[row] ?? ''));
  const asked = words.slice(0, answers.length);
  const texts = windowTexts(current, index, asked, options.window);
  const cosines = (await state.cosines?.(texts.reference, texts.candidates)) ?? asked.map(() => 1);
  const short = current.words.length < options.window;
  const minimum = short ? options.shortMinimumCosine : options.minimumCosine;
  return answers.map((answer, row) => {
    const [word = '', similarity = 0] = [asked[row], cosines[row]];
    const tagged = tagsAgree(originalTag, tagInContext(options.tag, current, index, word));
    return { word, answer, similarity, similar: similarity >= minimum, tagged };
  });
}

/** The candidate that is taken, if one is: rule 5 of methods.md 2.1. */
function choose(candidates: readonly Candidate[], first: Answer): Candidate | undefined {
  const flips = candidates.filter(({ answer, similar, tagged }) => answer.succeeds && similar && tagged);
  const [one] = flips;
  if (one !== undefined) return flips.reduce((a, b) => (b.similarity > a.similarity ? b : a), one);
  const cost = ({ answer, similar, tagged }: Candidate): number =>
    answer.right + (similar ? 0 : 1) + (tagged ? 0 : 1);
  const [start] = candidates;
  if (start === undefined) return undefined;
  const best = candidates.reduce((a, b) => (cost(b) < cost(a) ? b : a), start);
  return cost(best) < first.right ? best : undefined; // the first p_y: it is never lowered as the text changes
}

/**
 * TextFooler as its own code does it (jind11/TextFooler attack_classification.py): every word is ranked by replacing it
 * with "<oov>", every candidate is queried, and the constraints are judged afterwards. An answer that flips but fails a
 * constraint is no success there; we end by the victim's answer to the final text, as its last prediction does.
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
      const taken = choose(await judged(state, current, index, tags[index] ?? 'X', options), first);
      if (taken === undefined) continue;
      current = current.with(index, taken.word);
      ({ answer } = taken);
      if (answer.succeeds && taken.similar && taken.tagged) break;
    }
    return { text: current.text, answer, changes: changedWords(original, current) };
  };
}
