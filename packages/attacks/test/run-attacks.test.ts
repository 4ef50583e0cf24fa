import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Attack,
  type AttackRecord,
  attackSchema,
  createAttack,
  readRecords,
  runAttacks,
  summarize,
  textVictim,
  type Victim,
} from '@im-bert/attacks';
import fc from 'fast-check';
import { bagOfWords, letterCounts, listening } from './support/bag-of-words.ts';
import { fixedTagger, planeVectors } from './support/resources.ts';

const victim = bagOfWords({ good: 1.5, great: 1, bad: -2, dull: -1, film: 0.2 });
const words = ['good', 'great', 'bad', 'dull', 'film', 'plot', 'The', 'cast'];
const examples = Array.from({ length: 20 }, (_, row) => ({
  id: `example/${row}`,
  texts: [
    Array.from({ length: 1 + (row % 7) }, (_, at) => words[(row * 5 + at * 3) % 8] ?? '').join(' '),
  ] as const,
  label: row % 2,
}));
const deepWordBug = createAttack(attackSchema.parse({ name: 'deepwordbug' }));
const textFooler = createAttack(attackSchema.parse({ name: 'textfooler', variant: 'textattack' }), {
  vectors: planeVectors({ good: 0, great: 10, bad: 30, dull: 40, film: 50, plot: 58 }),
  tag: fixedTagger(),
});
const recipes = [
  { name: 'deepwordbug' },
  { name: 'textfooler', variant: 'original' },
  { name: 'textfooler', variant: 'textattack' },
  { name: 'textbugger' },
  { name: 'pwws' },
  { name: 'checklist', variant: 'notebook' },
  { name: 'checklist', variant: 'textattack' },
  { name: 'stresstest', variant: 'repaired' },
  { name: 'stresstest', variant: 'script' },
];
/** An attack with few words to choose from: whatever a recipe needs. */
function recipeAttack(spec: object, words: readonly string[] = ['good', 'fine']): Attack {
  return createAttack(attackSchema.parse(spec), {
    vectors: planeVectors(Object.fromEntries(words.map((word, index) => [word, 12 * index]))),
    tag: fixedTagger(),
    synonyms: (word) => words.filter((other) => other !== word),
  });
}
const file = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'attacks-')), 'records.jsonl');

test.each(recipes)('%o: no number depends on batch size, concurrency or order', async (spec) => {
  const attack = recipeAttack(spec, ['good', 'great', 'bad', 'dull', 'film', 'plot']);
  // what is not a change of words: a contraction takes "not" away, an added sentence is "true"
  const wary = bagOfWords({ good: 1.5, great: 1, bad: -2, dull: -1, film: 0.2, not: 5, true: -2 });
  const texts = [...examples, { id: 'contraction', texts: ['It is not bad'] as const, label: 1 }];
  const options = { victim: wary, attack, encoder: letterCounts, seed: 3 };
  const { records } = await runAttacks({ ...options, examples: texts, batchSize: 64, concurrency: 8 });
  const one = await runAttacks({ ...options, examples: texts, batchSize: 1, concurrency: 1 });
  const backwards = { ...options, examples: texts.toReversed(), batchSize: 3, concurrency: 5 };
  const reversed = await runAttacks(backwards);
  expect(one.records).toEqual(records);
  expect(reversed.records.toReversed()).toEqual(records);
  expect(new Set(records.map(({ status }) => status)).size).toBeGreaterThan(1);
});

test('another seed gives other typos, the same seed the same', async () => {
  const texts = async (seed: number): Promise<string[]> =>
    (await runAttacks({ victim, attack: deepWordBug, examples, seed })).records.map(
      ({ perturbed }) => perturbed,
    );
  expect(await texts(1)).toEqual(await texts(1));
  expect(await texts(1)).not.toEqual(await texts(2));
});

test('queries of many examples share batches', async () => {
  let calls = 0;
  const counted: Victim = (inputs) => {
    calls += 1;
    expect(inputs.length).toBeLessThanOrEqual(16);
    return victim(inputs);
  };
  const options = { victim: counted, examples, attack: deepWordBug, seed: 1, batchSize: 16, concurrency: 20 };
  const { records } = await runAttacks(options);
  const asked = records.reduce((sum, { queries, cacheHits }) => sum + queries - cacheHits, 0);
  expect(calls).toBeLessThan(2 * Math.ceil(asked / 16));
});

test('an aborted run goes on from its file, past a half-written line, and asks nothing twice', async () => {
  const path = await file();
  const options = { victim, examples, attack: deepWordBug, seed: 1, concurrency: 1 };
  const whole = await runAttacks(options);
  const abort = new AbortController();
  const stopAtFive = (_: AttackRecord, { done }: { done: number }): void => {
    if (done === 5) abort.abort(new Error('stopped by the test'));
  };
  const stopped = runAttacks({ ...options, file: path, signal: abort.signal, onRecord: stopAtFive });
  await expect(stopped).rejects.toThrow('stopped by the test');
  await appendFile(path, '{"id":"example/7","sta');
  const heard = listening(victim);
  const resumed = await runAttacks({ ...options, victim: heard.victim, file: path });
  expect(resumed.records).toEqual(whole.records);
  expect(heard.asked).not.toContain(examples[2]?.texts[0]);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as AttackRecord).id)).toEqual(examples.map(({ id }) => id));
  await expect(runAttacks({ ...options, seed: 2, file: path })).rejects.toThrow(
    /expected .*seed 2, got .*seed 1/,
  );
});

test('examples whose lines were damaged are attacked again, with the same outcome', async () => {
  const path = await file();
  const options = { victim, examples, attack: deepWordBug, seed: 1, file: path };
  const { records } = await runAttacks(options);
  const whole = await readFile(path);
  const bits = fc.record({ byte: fc.nat(whole.length - 1), bit: fc.nat(7) });
  await fc.assert(
    fc.asyncProperty(bits, async ({ byte, bit }) => {
      const bytes = Buffer.from(whole);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      await writeFile(path, bytes);
      expect((await runAttacks(options)).records).toEqual(records);
      expect((await readRecords(path)).map(({ id }) => id).sort()).toEqual(
        examples.map(({ id }) => id).sort(),
      );
    }),
    { numRuns: 50 },
  );
  await expect(runAttacks({ ...options, file: tmpdir() })).rejects.toThrow(
    /a readable file of attack records, got EISDIR/,
  );
});

test('of a pair one text is attacked and the other is left as it is', async () => {
  const pairs: Victim = (inputs) => victim(inputs.map(([, second = '']) => [second] as const));
  const heard = listening(pairs);
  const pair = { id: 'p', texts: ['The premise', 'good film'] as const, label: 1 };
  const { records } = await runAttacks({
    victim: heard.victim,
    examples: [pair],
    attack: deepWordBug,
    seed: 1,
  });
  expect(records[0]?.status).toBe('success');
  expect(heard.asked.every((text) => text.startsWith('The premise | '))).toBe(true);
});

test('a query budget is never exceeded', async () => {
  const options = { victim, examples, attack: textFooler, seed: 1, queryBudget: 4, encoder: letterCounts };
  const { records } = await runAttacks(options);
  expect(Math.max(...records.map(({ queries }) => queries))).toBe(4);
});

test.each(recipes)('%o survives odd texts', async (spec) => {
  const attack = recipeAttack(spec);
  const odd = [
    '',
    ' ',
    'good',
    '>>>>',
    '🙂👩‍👩‍👧',
    "'",
    'a',
    'constructor __proto__',
    '中文',
    '\ud800',
    '\n\t',
    'ﬃ',
  ];
  const always: Victim = (inputs) => Promise.resolve(inputs.map(() => [0.25, 0.75]));
  const { records } = await runAttacks({
    victim: always,
    examples: odd.map((text) => ({ id: JSON.stringify(text), texts: [text] as const, label: 1 })),
    attack,
    encoder: letterCounts,
    seed: 1,
  });
  expect(records.map(({ status }) => status)).toEqual(odd.map(() => 'failed'));
  expect(JSON.stringify(records)).not.toContain('null');
});

test.each(recipes)(
  '%o: 10,000 words take seconds',
  async (spec) => {
    const text = Array.from({ length: 10_000 }, (_, at) => (at === 5000 ? 'good' : 'plot')).join(' ');
    const { records } = await runAttacks({
      victim: textVictim((texts) =>
        Promise.resolve(texts.map((long) => (long.includes('good') ? [0.1, 0.9] : [0.9, 0.1]))),
      ),
      examples: [{ id: 'long', texts: [text] as const, label: 1 }],
      attack: recipeAttack(spec),
      encoder: letterCounts,
      seed: 1,
    });
    const [record] = records;
    expect(record).toMatchObject({ words: 10_000 });
    // what changes words finds the one that counts; the others have nothing to change or only add text
    if (['checklist', 'stresstest'].includes(spec.name)) expect(record?.status).toBe('failed');
    else expect(record).toMatchObject({ status: 'success', changes: [{ position: 5000, from: 'good' }] });
  },
  60_000,
);

test('a victim that gives no numbers is answered with what was expected', async () => {
  const broken: Victim = (inputs) => Promise.resolve(inputs.map(() => [NaN, 1]));
  const run = runAttacks({ victim: broken, examples, attack: deepWordBug, seed: 1 });
  await expect(run).rejects.toThrow(
    /^victim: expected finite probabilities of at least 1 labels, got \[NaN, 1\]/,
  );
});

test('the measures keep their denominators apart', () => {
  const record = (status: AttackRecord['status'], changed: number, queries: number): AttackRecord => ({
    id: `${status}${changed}`,
    status,
    queries,
    cacheHits: 0,
    changes: Array.from({ length: changed }, (_, position) => ({ position, from: 'a', to: 'b' })),
    words: 10,
    label: 0,
    original: '',
    perturbed: '',
    probabilities: { original: [], perturbed: [] },
    attack: 'x',
    seed: 1,
  });
  expect(
    summarize([
      record('skipped', 0, 1),
      record('success', 2, 30),
      record('failed', 4, 50),
      record('failed', 0, 10),
    ]),
  ).toEqual({
    examples: 4,
    skipped: 1,
    successes: 1,
    failures: 2,
    cleanAccuracy: 3 / 4,
    accuracyUnderAttack: 2 / 4,
    successRate: 1 / 3,
    changedShare: 0.2,
    meanWordsChanged: 3,
    pooledChangedShare: 6 / 30,
    meanQueries: 30,
  });
  expect(Object.values(summarize([])).every((value) => value === 0 || value === null)).toBe(true);
});
