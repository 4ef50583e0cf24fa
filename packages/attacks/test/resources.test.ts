import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadWordVectors, winkTagger, wordNetSynonyms } from '@im-bert/attacks';

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
    /v\.txt:2: expected a word and 2 numbers, got "bad 1"/,
  );
  await expect(loadWordVectors('nowhere.txt')).rejects.toThrow(
    /^nowhere\.txt: expected .*, got no such file/,
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
