import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { embeddedTokenizer, loadTokenizer, type Texts } from '@im-bert/data';
import fc from 'fast-check';
import { truncateLongestFirst } from '../src/tokenizers/tokenizer.ts';
import { fixture, readJson, realFolder, realHub, realTest, realTexts } from './support.ts';

interface EncodingCase {
  readonly texts: Texts;
  readonly maxLength: number;
  readonly ids: number[];
  readonly typeIds: number[];
}

interface RealCase {
  readonly model: string;
  readonly split: string;
  readonly columns: readonly string[];
  readonly maxLength: number;
  readonly sha256: string;
}

test.each(['wordpiece', 'byte-level'])(
  'a %s tokenizer gives the ids and types of transformers',
  async (name) => {
    const tokenizer = await loadTokenizer(fixture(name));
    const cases = await readJson<EncodingCase[]>(fixture(join(name, 'encodings.json')));
    expect(cases.length).toBe(200);
    for (const { texts, maxLength, ids, typeIds } of cases)
      expect({ texts, maxLength, ...tokenizer.encode(texts, maxLength) }).toEqual({
        texts,
        maxLength,
        ids,
        typeIds,
      });
  },
);

realTest('1,000 real pairs (or texts) a tokenizer have the ids of transformers', async () => {
  for (const { model, split, columns, maxLength, sha256 } of await readJson<RealCase[]>(
    fixture('real-encodings.json'),
  )) {
    const tokenizer = await loadTokenizer(await realHub().model(model));
    const texts = await realTexts(`datasets/${split}-00000-of-00001.parquet`, columns, 1000);
    const hash = createHash('sha256');
    for (const text of texts) {
      const { ids, typeIds } = tokenizer.encode(text, maxLength);
      hash.update(JSON.stringify([ids, typeIds]));
    }
    expect({ model, split, maxLength, rows: texts.length, sha256: hash.digest('hex') }).toEqual({
      model,
      split,
      maxLength,
      rows: 1000,
      sha256,
    });
  }
});

test("a pair is cut one token at a time from the longer text's end, a tie from the one that was shorter", () => {
  const lengths = fc.record({ a: fc.nat(30), b: fc.nat(30), room: fc.integer({ min: 2, max: 40 }) });
  fc.assert(
    fc.property(lengths, ({ a, b, room }) => {
      let [first, second] = [a, b];
      while (first + second > room) {
        const isFirst = first === second ? a <= b : first > second;
        if (isFirst) first--;
        else second--;
      }
      const cut = truncateLongestFirst([range(a), range(b)], room);
      expect(cut).toEqual([range(first), range(second)]);
    }),
  );
});

test('a length without room for a token of each text is refused', () => {
  const tokenizer = embeddedTokenizer('bert');
  expect(tokenizer.encode(['a film', 'a film'], 5).ids).toHaveLength(5);
  expect(() => tokenizer.encode(['a film', 'a film'], 4)).toThrow(
    'maxLength: expected at least 5 (3 special tokens and a token of each text), got 4.',
  );
});

test('the embedded tokenizer has the special tokens, types and padding of its family', () => {
  const bert = embeddedTokenizer('bert');
  const [film, dull] = [idOf('film'), idOf('dull')];
  expect(bert.padId).toBe(0);
  expect(bert.encode(['film flim', 'dull'], 16)).toEqual({
    ids: [2, film, 1, 3, dull, 3],
    typeIds: [0, 0, 0, 0, 1, 1],
  });
  const roberta = embeddedTokenizer('roberta');
  expect(roberta.padId).toBe(1);
  expect(roberta.encode(['film flim', 'dull'], 16)).toEqual({
    ids: [0, film, 3, 2, 2, dull, 2],
    typeIds: [0, 0, 0, 0, 0, 0, 0],
  });
  expect(roberta.vocabularySize).toBe(bert.vocabularySize);

  function idOf(word: string): number {
    return bert.encode([word], 8).ids[1] ?? -1;
  }
});

test('a missing, broken or unknown tokenizer.json is one clear line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  const place = join(folder, 'tokenizer.json');
  await expect(loadTokenizer(folder)).rejects.toThrow(
    `${place}: expected a tokenizer in JSON, got no readable file. A model folder needs tokenizer.json`,
  );
  await writeFile(place, '{"model": ');
  await expect(loadTokenizer(folder)).rejects.toThrow(
    `${place}: expected a tokenizer in JSON, got broken JSON`,
  );
  const whole = await readFile(fixture('wordpiece/tokenizer.json'), 'utf8');
  await writeFile(place, whole.replaceAll('TemplateProcessing', 'NewProcessing'));
  await expect(loadTokenizer(folder)).rejects.toThrow('NewProcessing');
  await writeFile(place, whole);
  await writeFile(join(folder, 'tokenizer_config.json'), '{"truncation_side": "left"}');
  await expect(loadTokenizer(folder)).rejects.toThrow('expected truncation_side right, got "left"');
});

test.each(['wordpiece', 'byte-level'])(
  'a %s tokenizer that contradicts itself is one clear line',
  async (name) => {
    const whole = await readFile(fixture(join(name, 'tokenizer.json')), 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    const first = (JSON.parse(whole) as { model: { vocab: Record<string, number> } }).model.vocab;
    const pattern = { Regex: '(a+)+$' };
    const changes: readonly (readonly [string, object])[] = [
      ['vocab', { model: { vocab: { ...first, extra: 1e9 } } }],
      ['vocab', { model: { vocab: { ...first, extra: 7 } } }],
      ['vocab', { model: { vocab: {} } }],
      ['model', { model: null }],
      ['unk_token', { model: { unk_token: 'gone' } }],
      ['added_tokens[0]', { added_tokens: [{ id: 0, content: '' }] }],
      ['added_tokens[0]', { added_tokens: [{ id: 3, content: Object.keys(first)[0] }] }],
      ['normalizer Replace pattern', { normalizer: { type: 'Replace', pattern, content: '' } }],
      ['pre_tokenizer', { pre_tokenizer: { type: 'FixedLength', length: 0 } }],
      [
        'post_processor',
        { post_processor: { type: 'BertProcessing', cls: ['[CLS]', 0], sep: ['[SEP]', 0] } },
      ],
    ];
    for (const [where, change] of changes) {
      const definition = JSON.parse(whole) as { model: object };
      const model =
        'model' in change && change.model !== null
          ? { ...definition.model, ...(change.model as object) }
          : definition.model;
      await writeFile(
        join(folder, 'tokenizer.json'),
        JSON.stringify({
          ...definition,
          ...change,
          model: 'model' in change && change.model === null ? null : model,
        }),
      );
      const failure: unknown = await loadTokenizer(folder).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect(String(failure)).toContain(
        `tokenizer.json ${where.startsWith('vocab') || where === 'unk_token' ? 'model ' : ''}${where}`,
      );
    }
  },
);

test.each(['wordpiece', 'byte-level'])(
  'a %s tokenizer with any character changed works or is one clear line',
  async (name) => {
    const whole = await readFile(fixture(join(name, 'tokenizer.json')));
    const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    const bits = fc.record({ byte: fc.nat(whole.length - 1), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(bits, async ({ byte, bit }) => {
        const bytes = Buffer.from(whole);
        bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
        await writeFile(join(folder, 'tokenizer.json'), bytes);
        const outcome: unknown = await loadTokenizer(folder).then(
          (tokenizer) =>
            tokenizer
              .encode(['A film, the best of 1999.'], 64)
              .ids.every((id) => id >= 0 && id < tokenizer.vocabularySize),
          (error: unknown) => error,
        );
        expect(outcome === true || outcome instanceof UserError).toBe(true);
      }),
      { numRuns: 100 },
    );
  },
);

const mpnet = join('models', 'sentence-transformers', 'all-mpnet-base-v2');
const hasMpnet = realFolder !== undefined && existsSync(join(realFolder, mpnet, 'tokenizer.json'));

(hasMpnet ? test : test.skip)(
  `MPNet's tokenizer gives the ids of transformers, and <pad> for padding${hasMpnet ? '' : ' (skipped: IM_BERT_TEST_HUB names no folder with all-mpnet-base-v2)'}`,
  async () => {
    const tokenizer = await loadTokenizer(join(realFolder ?? '', mpnet));
    // "<s> a gripping , well - acted film ... nerve . </s> </s> it grips . </s>", by tools/parity/mpnet_states.py
    const pair = ['A gripping, well-acted film that never loses its nerve.', 'It grips.'] as const;
    const { ids, typeIds } = tokenizer.encode(pair, 64);
    expect(ids).toEqual([
      ...[0, 1041, 13944, 1014, 2096, 1015, 6055, 2147, 2012, 2200, 12390, 2053, 9117, 1016, 2],
      ...[2, 2013, 24762, 1016, 2],
    ]);
    expect(new Set(typeIds)).toEqual(new Set([0]));
    expect(tokenizer.padId).toBe(1); // [PAD] is there too, as 4
    expect(tokenizer.vocabularySize).toBe(30527);
  },
);

test('padding is the token that tokenizer_config.json names, where the vocabulary has another word for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  const text = await readFile(fixture(join('wordpiece', 'tokenizer.json')), 'utf8');
  const definition = JSON.parse(text) as { model: { vocab: Record<string, number> } };
  const { vocab } = definition.model;
  vocab['<pad>'] = Math.max(...Object.values(vocab)) + 1;
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(definition));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ pad_token: '<pad>' }));
  expect((await loadTokenizer(folder)).padId).toBe(vocab['<pad>']);
  await rm(folder, { recursive: true });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
