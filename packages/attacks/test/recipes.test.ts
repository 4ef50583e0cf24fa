import { type Attack, type AttackRecord, attackSchema, createAttack, runAttacks } from '@im-bert/attacks';
import { bagOfWords, letterCounts, listening } from './support/bag-of-words.ts';
import { fixedTagger, planeVectors } from './support/resources.ts';

const vectors = planeVectors({ good: 0, fine: 20, decent: 40, goodly: 55, awful: 80, film: 180, movie: 185 });
const weights = { good: 2, fine: 1, decent: -1, goodly: -1, awful: -5, film: 0.5, movie: 0.4 };
const positive = (text: string) => ({ id: text, texts: [text] as const, label: 1 });

async function attackText(
  attack: Attack,
  text: string,
  victim = bagOfWords(weights),
): Promise<{ record: AttackRecord; asked: string[] }> {
  const heard = listening(victim);
  const options = {
    victim: heard.victim,
    examples: [positive(text)],
    attack,
    encoder: letterCounts,
    seed: 1,
  };
  const { records } = await runAttacks(options);
  const [record] = records;
  if (record === undefined) throw new Error('no record');
  return { record, asked: heard.asked };
}

const fooler = (
  settings: Readonly<Record<string, unknown>>,
  tags: Readonly<Record<string, string>> = {},
): Attack =>
  createAttack(
    attackSchema.parse({
      name: 'textfooler',
      minimumSentenceCosine: -1,
      shortMinimumSentenceCosine: -1,
      ...settings,
    }),
    {
      vectors,
      tag: fixedTagger(tags),
    },
  );

test("TextFooler's own code ranks every token by <oov> and asks every candidate", async () => {
  const { record, asked } = await attackText(fooler({ variant: 'original' }), 'A GOOD film.');
  expect(asked).toEqual([
    'a good film .',
    '<oov> good film .', // ranked: all four tokens, stop word and full stop too
    'a <oov> film .',
    'a good <oov> .',
    'a good film <oov>',
    'a fine film .', // nearest first, cosine at least 0.5: 20, 40 and 55 degrees, not 80
    'a decent film .',
    'a goodly film .',
  ]);
  expect(record).toMatchObject({ status: 'success', queries: 8, cacheHits: 0, words: 4, label: 1 });
  // decent and goodly both flip; goodly shares more letters with good
  expect(record.perturbed).toBe('a goodly film .');
  expect(record.changes).toEqual([{ position: 1, from: 'good', to: 'goodly' }]);
});

test("TextAttack's variant ranks what may change by deletion, keeps case, and asks only what passes", async () => {
  const attack = fooler({ variant: 'textattack' }, { Decent: 'NOUN' });
  const { record, asked } = await attackText(attack, 'A Good film.');
  expect(asked).toEqual(['A Good film.', 'A film.', 'A Good.', 'A Fine film.', 'A Goodly film.']);
  expect(record).toMatchObject({ status: 'success', queries: 5, perturbed: 'A Goodly film.' });
});

test('the original accepts what is below the first p_y, TextAttack only what improves on the current text', async () => {
  // good -> fine lowers the score; then film -> movie raises it again, but stays below the first.
  const flat = bagOfWords({ good: 2, fine: 1, film: 0.5, movie: 0.8 });
  const few = { candidates: 1 };
  const original = await attackText(fooler({ variant: 'original', ...few }), 'good film', flat);
  expect(original.record).toMatchObject({ status: 'failed', perturbed: 'fine movie', queries: 1 + 2 + 2 });
  const textattack = await attackText(fooler({ variant: 'textattack', ...few }), 'good film', flat);
  expect(textattack.record).toMatchObject({ status: 'failed', perturbed: 'fine film', queries: 1 + 2 + 2 });
});

test('a candidate of another part of speech never wins in the original, but is paid for; a verb may stand for a noun', async () => {
  const barred = await attackText(fooler({}, { decent: 'NOUN', goodly: 'ADV' }), 'good film');
  expect(barred.record).toMatchObject({ perturbed: 'fine movie', queries: 1 + 2 + 3 + 1 });
  const swapped = fooler({ variant: 'textattack' }, { good: 'NOUN', fine: 'ADV', decent: 'VERB' });
  expect((await attackText(swapped, 'good film')).record.perturbed).toBe('decent film');
});

test('similarity bars a window that changes too much', async () => {
  const strict = fooler({ shortMinimumSentenceCosine: 0.99 });
  expect((await attackText(strict, 'good film')).record).toMatchObject({ status: 'failed', changes: [] });
  const shortTextPasses = fooler({ variant: 'textattack', minimumSentenceCosine: 0.99 });
  expect((await attackText(shortTextPasses, 'good film')).record.status).toBe('success');
  const padding = ' one two six ten red ox be at it up to us so'.repeat(2);
  expect((await attackText(shortTextPasses, `good${padding}`)).record.status).toBe('success');
  const window = fooler({ variant: 'textattack', minimumSentenceCosine: 0.9999 });
  expect((await attackText(window, `good${padding}`)).record).toMatchObject({
    status: 'failed',
    changes: [],
  });
});

test('DeepWordBug asks four typos of a word, ranks by [UNK] and leaves stop words alone', async () => {
  const attack = createAttack(attackSchema.parse({ name: 'deepwordbug' }));
  const { record, asked } = await attackText(attack, 'The film, fine');
  expect(asked.slice(0, 3)).toEqual(['The film, fine', 'The [UNK], fine', 'The film, [UNK]']);
  const typos = asked.slice(3, 7).map((text) => /^The film, (\w+)$/.exec(text)?.[1]); // fine weighs more: first
  const sorted = (word = ''): string => Array.from(word).sort().join('');
  expect(sorted(typos[0])).toBe('efin'); // two neighbours swapped
  expect(typos[0]).not.toBe('fine');
  expect(typos.map((word = '') => word.length)).toEqual([4, 4, 3, 5]);
  expect(record).toMatchObject({ status: 'success', queries: 1 + 2 + 4 + 4 });
  expect(record.changes.map(({ position, from }) => [position, from])).toEqual([
    [1, 'film'],
    [2, 'fine'],
  ]);
});

test('an edit budget of one admits single edits only: a swap of neighbours counts two', async () => {
  const attack = createAttack(attackSchema.parse({ name: 'deepwordbug', maximumEdits: 1 }));
  const { record } = await attackText(attack, 'good great film', bagOfWords({ good: 2, great: 2 }));
  expect(record.changes).toHaveLength(1);
});

test('TextBugger edits inside words only and takes near words', async () => {
  const attack = createAttack(attackSchema.parse({ name: 'textbugger', minimumSentenceCosine: -1 }), {
    vectors,
  });
  const { record, asked } = await attackText(attack, 'good film');
  expect(asked.slice(0, 3)).toEqual(['good film', 'film', 'good']);
  // space, deletion, swap, look-alike, five near words; minus a swap of o and o, which changes nothing
  expect(record.queries).toBe(1 + 2 + 3 + 5);
  expect(record.perturbed).toBe('goodly film'); // of those that flip, the nearest in letters
});

test('PWWS ranks by saliency times what the best synonym reaches, and asks its candidates again', async () => {
  const synonyms = (word: string): string[] => ({ good: ['decent', 'fine'], film: ['movie'] })[word] ?? [];
  const attack = createAttack(attackSchema.parse({ name: 'pwws' }), { synonyms });
  const { record } = await attackText(attack, 'good film');
  expect(record).toMatchObject({ status: 'success', perturbed: 'decent film' });
  expect(record).toMatchObject({ queries: 1 + 2 + 3 + 2, cacheHits: 2 });
});

test('CheckList asks 21 texts with a URL or handle before or after', async () => {
  const attack = createAttack(attackSchema.parse({ name: 'checklist' }));
  const { record, asked } = await attackText(attack, 'good film');
  expect(asked).toHaveLength(22);
  expect(asked.filter((text) => /^https:\/\/t\.co\/\w{6} good film$/.test(text))).toHaveLength(5);
  expect(asked.filter((text) => /^good film @\w{6}$/.test(text))).toHaveLength(5);
  expect(asked).toContain('@airline good film');
  expect(record).toMatchObject({ status: 'failed', queries: 22 });
});

test('StressTest goes before the closing sign, and its script cuts at the first one', async () => {
  const repaired = createAttack(attackSchema.parse({ name: 'stresstest' }));
  const { asked } = await attackText(repaired, 'mr. Hartley is good.');
  expect(asked.slice(1, 3)).toEqual([
    'mr. Hartley is good and true is true.',
    'mr. Hartley is good and false is not true.',
  ]);
  const script = createAttack(attackSchema.parse({ name: 'stresstest', variant: 'script' }));
  const cut = await attackText(script, 'mr. Hartley is good.', bagOfWords({ good: 2, false: -1 }));
  expect(cut.asked.slice(1)).toContain('mr and true is true . ');
  expect(cut.record.changes).toContainEqual({ position: 3, from: 'good', to: '' });
});

test('a recipe without what it needs says so and names the remedy', () => {
  expect(() => createAttack(attackSchema.parse({ name: 'textfooler' }))).toThrow(
    /textfooler-original: expected vectors, got none\. .*deepwordbug/,
  );
});
