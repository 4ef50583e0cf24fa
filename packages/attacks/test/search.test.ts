import { randomStream } from '@im-bert/core';
import type { Attack, Constraint, Transformation } from '../src/engine/attack.ts';
import { Goal } from '../src/engine/goal.ts';
import { bestVariant } from '../src/search/best-variant.ts';
import { checkListSearch } from '../src/search/checklist-greedy.ts';
import { greedyByImportance, type GreedyOptions } from '../src/search/greedy-importance.ts';
import { AttackedText } from '../src/text/attacked-text.ts';
import { bagOfWords } from './support/bag-of-words.ts';

/** A search on one text whose right label is positive. */
async function searched(search: Attack['search'], text: string, weights: Readonly<Record<string, number>>) {
  const victim = bagOfWords(weights);
  const goal = new Goal({
    ask: async (inputs) => victim(inputs),
    around: (changed) => [changed],
    label: 1,
    budget: null,
  });
  const [first] = await goal.ask(1, () => text);
  if (first === undefined) throw new Error('expected an answer of the victim');
  const original = AttackedText.ofWords(text);
  return search({
    original,
    first,
    goal,
    random: randomStream(1, 'search'),
    cosines: undefined,
  });
}

const instead =
  (table: Readonly<Record<string, readonly string[]>>): Transformation =>
  (word) =>
    table[word] ?? [];

const greedy = (table: Readonly<Record<string, readonly string[]>>, options: Partial<GreedyOptions> = {}) =>
  greedyByImportance({ importance: 'unknown', transformation: instead(table), constraints: [], ...options });

test('of variants the one of the lowest p_y is taken, the first of equals', async () => {
  const variants = ['good bad', 'good worst', 'good awful', 'good'].map((text) => ({ text, changes: [] }));
  const weights = { good: 3, bad: -1, worst: -2, awful: -2 };
  const found = await searched(
    bestVariant(() => variants),
    'good',
    weights,
  );
  expect(found.text).toBe('good worst');
});

test('no variant that raises p_y, or leaves it, is taken', async () => {
  const variants = ['good fine', 'good thing'].map((text) => ({ text, changes: [] }));
  const found = await searched(
    bestVariant(() => variants),
    'good',
    { good: 1, fine: 1 },
  );
  expect(found).toMatchObject({ text: 'good', changes: [] });
});

test("a weighted saliency ranks a word by its best candidate's success, too, where saliency alone does not", async () => {
  const weights = { strong: 2, weak: 1.8, stronger: 1.9, frail: -2.5 };
  const table = { strong: ['stronger'], weak: ['frail'] };
  const weighted = await searched(greedy(table, { importance: 'weighted-saliency' }), 'strong weak', weights);
  expect(weighted.text).toBe('strong frail');
  expect((await searched(greedy(table), 'strong weak', weights)).text).toBe('stronger frail');
});

test('of the candidates that succeed the most similar is taken, where similarity is measured', async () => {
  const similarities: Readonly<Record<string, number>> = { bad: 0.7, worse: 0.9, worst: 0.8, tame: 1 };
  const similar: Constraint = (_step, words) =>
    Promise.resolve(words.map((word) => ({ passes: true, similarity: similarities[word] ?? 0 })));
  const table = { good: ['tame', 'bad', 'worse', 'worst'] };
  const weights = { good: 1, tame: 0.5, bad: -3, worse: -2, worst: -1 };
  const judged = await searched(greedy(table, { constraints: [similar] }), 'good', weights);
  expect(judged.text).toBe('worse');
  expect((await searched(greedy(table), 'good', weights)).text).toBe('bad');
});

test('a word whose best candidate leaves p_y as it is stays', async () => {
  const found = await searched(greedy({ good: ['fine'] }), 'good', { good: 1, fine: 1 });
  expect(found).toMatchObject({ text: 'good', changes: [] });
});

test('the checklist search makes the change of the lowest p_y first, and lists changes by their place', async () => {
  // expansions of either contraction lower p_y, the later one by more; neither is enough by itself
  const weights = { "can't": 0, "won't": 0, good: 3, not: -1, will: -1 };
  const victim = { ...weights, t: 0 };
  const found = await searched(checkListSearch, "good, I can't and I won't", victim);
  expect(found.text).toBe('good, I can not and I will not');
  expect(found.changes.map(({ position }) => position)).toEqual([2, 5]);
  const single = await searched(checkListSearch, "good, I can't and I won't", { ...victim, good: 1.5 });
  expect(single.changes.map(({ position }) => position)).toEqual([5]);
});
