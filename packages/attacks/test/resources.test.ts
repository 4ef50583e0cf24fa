import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadWordVectors, winkTagger, wordNetSynonyms } from '@im-bert/attacks';
import { UserError } from '@im-bert/core';
import fc from 'fast-check';
import { decimalAt } from '../src/candidates/decimal.ts';

const lines = 'good 1 0\nfine 2 1\nbad -1 0\n';

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'vectors-')), name);
  await writeFile(path, content);
  return path;
}

test.each([
  ['v.txt', lines],
  ['v.txt.gz', gzipSync(lines)],
])('vectors are read from %s', async (name, content) => {
  const vectors = await loadWordVectors(await write(name, content));
  const [fine, ...others] = vectors.nearest('good', 5, -0.5);
  expect([fine?.word, others]).toEqual(['fine', []]);
  expect(fine?.cosine).toBeCloseTo(2 / Math.sqrt(5), 6);
  expect(vectors.nearest('unknown', 5, -1)).toEqual([]);
});

test('a line with other numbers is named', async () => {
  await expect(loadWordVectors(await write('v.txt', 'good 1 0\nbad 1\n'))).rejects.toThrow(
    /v\.txt:2: expected a word and 2 numbers from -1000 to 1000, got "bad 1"/,
  );
  await expect(loadWordVectors('nowhere.txt')).rejects.toThrow(
    /^nowhere\.txt: expected .*, got no such file/,
  );
});

test('what no vector file holds is one clear line', async () => {
  const whole = gzipSync(lines.repeat(50));
  const folder = await mkdtemp(join(tmpdir(), 'vectors-'));
  for (const [name, content, reason] of [
    ['v.txt', '', 'got an empty one'],
    ['v.txt', 'word\n', 'got "word"'],
    ['v.txt', `good ${'1 '.repeat(5000)}`, 'expected a text file of word vectors'],
    ...['NaN', '0x1', '', '00.5', '1e9', '1.', 'Infinity', '+1'].map(
      (value) => ['v.txt', `good 1 0\nbad ${value} 1\n`, ':2: expected a word and 2 numbers'] as const,
    ),
    ['v.txt', 'good 1 0\ngood 1 1\n', ':2: expected every word once, got "good" a second time'],
    ['v.txt', Buffer.from([103, 0xff, 32, 49, 10]), ':1: expected'],
    ['v.txt.gz', whole.subarray(0, whole.length - 9), 'a damaged one (unexpected end of file)'],
    ['v.txt.gz', lines, 'a damaged one (incorrect header check)'],
  ] as const) {
    await writeFile(join(folder, name), content);
    const failure: unknown = await loadWordVectors(join(folder, name)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toContain(reason);
  }
});

test('a number is read as Number reads it, to the bit', async () => {
  const numbers = fc.array(
    fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => String(value + 0)),
    { minLength: 2, maxLength: 2 },
  );
  await fc.assert(
    fc.asyncProperty(numbers, async ([x = '', y = '']) => {
      for (const text of [x, y])
        expect(decimalAt(Buffer.from(` ${text} `), 1, 1 + text.length)).toBe(Number(text));
      const vectors = await loadWordVectors(await write('v.txt', `a ${x} ${y}\nb ${y} ${x}\n`));
      expect(vectors.words).toEqual(['a', 'b']);
    }),
    { numRuns: 50 },
  );
});

const hub = process.env['IM_BERT_TEST_HUB'];
const realTest = hub === undefined ? test.skip : test;

realTest(
  "the hub's vectors have the neighbours of its check file (skipped where IM_BERT_TEST_HUB names no folder)",
  async () => {
    const folder = join(hub ?? '', 'vectors');
    const vectors = await loadWordVectors(join(folder, 'counter-fitted-glove-100d.txt.gz'));
    const check = JSON.parse(await readFile(join(folder, 'neighbours-check.json'), 'utf8')) as {
      neighbours: Record<string, [string, number][]>;
    };
    for (const [word, expected] of Object.entries(check.neighbours)) {
      const found = vectors.nearest(word, 10, -1);
      expect(found.map((near) => near.word)).toEqual(expected.map(([near]) => near));
      found.forEach(({ cosine }, row) => {
        expect(Math.abs(cosine - (expected[row]?.[1] ?? 2))).toBeLessThan(1e-4);
      });
    }
  },
  60_000,
);

test('WordNet gives words of shared synsets, of base forms too', () => {
  const synonyms = wordNetSynonyms();
  expect(synonyms('movie')).toEqual(['film', 'flick', 'pic', 'picture']);
  expect(synonyms('movies')).toContain('film');
  expect(synonyms('zzzz')).toEqual([]);
  expect(synonyms('constructor')).not.toContain('constructor');
});

test('wink tags words one to one in the universal tag set', () => {
  const tag = winkTagger();
  expect(tag(['the', 'quick', 'fox', "didn't", 'jump', '.'])).toEqual([
    'DET',
    'ADJ',
    'NOUN',
    'VERB',
    'VERB',
    '.',
  ]);
  expect(tag(['well-made', 'films', '🙂', '<oov>'])).toHaveLength(4);
  expect(tag([])).toEqual([]);
});
