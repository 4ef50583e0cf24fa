import { loadYaml, locate, mergeLocated, parseYaml, placeOf, plainValue, withoutKeys } from '@im-bert/core';

test('values keep the line and column where they were written', () => {
  const document = parseYaml('model:\n  layers: [4, 6]\n  name: bert\n', 'table.yaml');
  expect(plainValue(document)).toEqual({ model: { layers: [4, 6], name: 'bert' } });
  expect(placeOf(document, ['model', 'layers', 1])).toEqual({ source: 'table.yaml', line: 2, column: 15 });
  expect(placeOf(document, ['model', 'absent'])).toEqual({ source: 'table.yaml', line: 2, column: 3 });
});

test('an alias stands for its anchor', () => {
  expect(plainValue(parseYaml('a: &x {b: 1}\nc: *x\n', 't.yaml'))).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test('a duplicate key and a syntax fault name their line', () => {
  expect(() => parseYaml('seed: 1\nname: a\nseed: 2\n', 't.yaml')).toThrow(
    't.yaml:3:1: expected every key once, got a second "seed".',
  );
  expect(() => parseYaml('a: [1, 2\nb: 3\n', 't.yaml')).toThrow(
    /^t\.yaml:2:1: expected valid YAML, got a fault: .+/,
  );
  expect(() => parseYaml('a: 1\nb: !secret x\n', 't.yaml')).toThrow(/^t\.yaml:2:4: expected valid YAML/);
});

test('aliases that explode, or that stand for what they are inside of, are refused', () => {
  const levels = Array.from({ length: 30 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
  );
  expect(() => parseYaml(levels.join('\n'), 't.yaml')).toThrow(
    /^t\.yaml:\d+:\d+: expected at most 20000 values, those behind aliases counted each time, got more\.$/,
  );
  expect(() => parseYaml('a: &a { b: *a }', 't.yaml')).toThrow(
    't.yaml:1:12: expected the name of an earlier value, got *a, which is inside of itself.',
  );
  expect(() => parseYaml('a: *b', 't.yaml')).toThrow('got *"b", which names nothing above.');
});

test.each(['[', '{a: ', '- ', '? ', '[{a: '])('100,000 times "%s" is refused in one line', (open) => {
  expect(() => parseYaml(open.repeat(Math.floor(200_000 / open.length)), 't.yaml')).toThrow(
    /^t\.yaml:1:\d+: expected at most 100 lists and mappings inside each other, got more\.$/,
  );
});

test('a text that no experiment needs is refused by its length', () => {
  expect(() => parseYaml('#'.repeat(200_001), 't.yaml')).toThrow(
    't.yaml: expected at most 200000 characters of YAML, got 200001.',
  );
});

test('an empty file is null, not a crash', () => {
  expect(plainValue(parseYaml('', 't.yaml'))).toBeNull();
});

test('a missing file is one clear line', async () => {
  await expect(loadYaml('absent.yaml')).rejects.toThrow(
    'absent.yaml: expected a YAML file, got no such file.',
  );
  await expect(loadYaml('.')).rejects.toThrow('.: expected a YAML file, got a folder.');
});

test('merged documents remember which file each value came from', () => {
  const base = parseYaml('training:\n  epochs: 3\n  batchSize: 16\nseeds: [1, 2]\n', 'base.yaml');
  const table = parseYaml('extends: base.yaml\nseeds: [1]\ntraining:\n  epochs: 1\n', 'table.yaml');
  const option = locate({ training: { batchSize: 8 } }, '--batch-size=8');
  const merged = withoutKeys(
    [table, option].reduce((under, over) => mergeLocated(under, over), base),
    ['extends'],
  );
  expect(plainValue(merged)).toEqual({ training: { epochs: 1, batchSize: 8 }, seeds: [1] });
  expect(placeOf(merged, ['training', 'epochs'])).toEqual({ source: 'table.yaml', line: 4, column: 11 });
  expect(placeOf(merged, ['training', 'batchSize'])).toEqual({ source: '--batch-size=8' });
});

test('a mapping of another kind replaces the whole, one of the same kind adds to it', () => {
  const base = parseYaml('solver: {name: descent, stepSize: 0.1}', 'base.yaml');
  const over = (text: string): unknown =>
    plainValue(mergeLocated(base, parseYaml(text, 'over.yaml'), { identifiedBy: ['name'] }));
  expect(over('solver: {name: anderson, memory: 5}')).toEqual({ solver: { name: 'anderson', memory: 5 } });
  expect(over('solver: {name: descent, iterations: 5}')).toEqual({
    solver: { name: 'descent', stepSize: 0.1, iterations: 5 },
  });
});
