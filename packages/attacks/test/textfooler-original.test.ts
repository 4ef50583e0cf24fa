import { attackSchema, createAttack, runAttacks, textVictim } from '@im-bert/attacks';
import { randomStream } from '@im-bert/core';
import { windowTexts } from '../src/constraints/similarity.ts';
import { AttackedText } from '../src/text/attacked-text.ts';
import { bagOfWords, letterCounts, listening } from './support/bag-of-words.ts';
import { fixedTagger, planeVectors } from './support/resources.ts';

const minimumCosine = 0.8;

/** A one-word text, its candidates nearest first, and what victim, tagger and encoder say of each. */
async function randomCase(seed: number) {
  const random = randomStream(seed, 'words');
  const letter = (): string => String.fromCharCode(97 + random.integer(6));
  const letters = Array.from({ length: 12 }, () => Array.from({ length: 6 }, letter).join(''));
  const words = [...new Set(letters)];
  const degrees = Object.fromEntries(words.map((word, rank) => [word, 3 * rank]));
  const weights = Object.fromEntries(
    words.map((word, rank) => [word, rank === 0 ? 1 : 2 * random.uniform() - 0.3]),
  );
  const tags = Object.fromEntries(words.map((word) => [word, random.uniform() < 0.3 ? 'ADV' : 'ADJ']));
  const [text = '', ...candidates] = words;
  const right = (word: string): number => 1 / (1 + Math.exp(-(weights[word] ?? 0)));
  const vectors = await letterCounts(words);
  const dot = (a: ArrayLike<number> = [], b: ArrayLike<number> = []): number =>
    Array.from(a).reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
  const [own] = vectors;
  const judged = candidates.map((word, row) => {
    const other = vectors[row + 1];
    const similarity = dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other));
    return { word, right: right(word), similarity, tagged: tags[word] === tags[text] };
  });
  return { text, first: right(text), judged, degrees, weights, tags };
}

/** Rule 5 as its own code has it: every candidate is judged by every constraint, then the best is sought. */
function eager({ text, first, judged }: Awaited<ReturnType<typeof randomCase>>): string {
  const flips = judged.filter((one) => one.right < 0.5 && one.similarity >= minimumCosine && one.tagged);
  const [flip] = [...flips].sort((a, b) => b.similarity - a.similarity);
  if (flip !== undefined) return flip.word;
  const cost = (one: (typeof judged)[number]): number =>
    one.right + (one.similarity >= minimumCosine ? 0 : 1) + (one.tagged ? 0 : 1);
  const [best] = [...judged].sort((a, b) => cost(a) - cost(b));
  return best !== undefined && cost(best) < first ? best.word : text;
}

test('asking similarities only where they decide takes what judging every candidate takes', async () => {
  const outcomes = { flipped: 0, lowered: 0, kept: 0 };
  let [encoded, candidates] = [0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const given = await randomCase(seed);
    const attack = createAttack(
      attackSchema.parse({ name: 'textfooler', shortMinimumSentenceCosine: minimumCosine }),
      { vectors: planeVectors(given.degrees), tag: fixedTagger(given.tags) },
    );
    const { records } = await runAttacks({
      ...{ attack, victim: bagOfWords(given.weights), seed: 1 },
      examples: [{ id: 'a', texts: [given.text], label: 1 }],
      encoder: (texts) => {
        encoded += texts.length;
        return letterCounts(texts);
      },
    });
    const [record] = records;
    expect(record?.perturbed).toBe(eager(given));
    if (record?.status === 'success') outcomes.flipped += 1;
    else outcomes[record?.changes.length === 0 ? 'kept' : 'lowered'] += 1;
    candidates += given.judged.length;
  }
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(10);
  expect(encoded).toBeLessThan(0.7 * candidates);
});

test("a word whose loss flips the label is ranked by the new label's gain, too", async () => {
  // by the label's own probability "beta" matters more (0.26 to 0.25), by the flip's gain "alpha" (0.26 to 0.45)
  const table: Record<string, readonly number[]> = {
    'beta alpha': [0.6, 0.2, 0.2],
    '<oov> alpha': [0.34, 0.33, 0.33],
    'beta <oov>': [0.35, 0.4, 0.25],
  };
  const { victim, asked } = listening(
    textVictim((texts) => Promise.resolve(texts.map((text) => table[text] ?? [0.9, 0.05, 0.05]))),
  );
  const attack = createAttack(attackSchema.parse({ name: 'textfooler' }), {
    vectors: planeVectors({ beta: 0, betb: 10, alpha: 90, alphb: 100 }),
    tag: fixedTagger(),
  });
  const examples = [{ id: 'a', texts: ['beta alpha'] as const, label: 0 }];
  await runAttacks({ attack, victim, examples, encoder: letterCounts, seed: 1 });
  expect(asked.slice(3)).toEqual(['beta alphb', 'betb alpha']);
});

test.each([
  [0, 0],
  [7, 0],
  [8, 1],
  [10, 3],
  [12, 5],
  [13, 5],
  [19, 5],
])('the 15 words around word %d of 20 begin with word %d', (index, first) => {
  const words = Array.from({ length: 20 }, (_, at) => `w${at}`);
  const own = words.with(index, 'other');
  const { reference, candidates } = windowTexts(AttackedText.ofWords(words.join(' ')), index, ['other'], 15);
  expect(reference).toBe(words.slice(first, first + 15).join(' '));
  expect(candidates).toEqual([own.slice(first, first + 15).join(' ')]);
});
