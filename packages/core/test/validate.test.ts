import { locate, mergeLocated, nearest, parseYaml, UserError, validate } from '@im-bert/core';
import * as z from 'zod';

const schema = z.strictObject({
  connection: z.enum(['monotone', 'explicit', 'implicit']),
  epochs: z.int().min(1).default(3),
  seeds: z.array(z.number()).min(1).optional(),
  layers: z
    .union([
      z.literal('all'),
      z.string().regex(/^\d+-\d+$/, 'all, a range such as 4-6 or a list'),
      z.array(z.int()),
    ])
    .optional(),
  solver: z
    .discriminatedUnion('name', [
      z.strictObject({ name: z.literal('descent'), stepSize: z.number().gt(0) }),
      z.strictObject({ name: z.literal('anderson'), memory: z.int() }),
    ])
    .optional(),
  profiles: z.record(z.enum(['quick', 'small']), z.strictObject({ rows: z.number() }).partial()).optional(),
  range: z
    .string()
    .refine((text) => text.includes('-'), 'a range such as 4-6')
    .optional(),
  note: z.union([z.string(), z.strictObject({ text: z.string(), line: z.number().optional() })]).optional(),
});

function linesOf(text: string): readonly string[] {
  try {
    validate(schema, parseYaml(text, 't.yaml'));
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('a sound document comes back with its defaults', () => {
  expect(validate(schema, parseYaml('connection: implicit', 't.yaml'))).toEqual({
    connection: 'implicit',
    epochs: 3,
  });
});

test.each([
  [
    'a misspelt value',
    'connection: implict',
    't.yaml:1:13 connection: expected monotone, explicit or implicit, got "implict", did you mean "implicit"?',
  ],
  [
    'a missing key',
    'epochs: 2',
    't.yaml:1:1 connection: expected monotone, explicit or implicit, got nothing.',
  ],
  [
    'a number too small',
    'connection: explicit\nepochs: 0',
    't.yaml:2:9 epochs: expected a number >= 1, got 0.',
  ],
  ['a fraction', 'connection: explicit\nepochs: 1.5', 't.yaml:2:9 epochs: expected a whole number, got 1.5.'],
  ['text for a list', 'connection: explicit\nseeds: 3', 't.yaml:2:8 seeds: expected a list, got 3.'],
  [
    'an empty list',
    'connection: explicit\nseeds: []',
    't.yaml:2:8 seeds: expected at least 1 item, got an empty list.',
  ],
  [
    'an item of a list',
    'connection: explicit\nseeds: [1, two]',
    't.yaml:2:12 seeds[1]: expected a number, got "two".',
  ],
  [
    'a misspelt key',
    'connection: explicit\nepochz: 4',
    't.yaml:2:1 epochz: expected connection, epochs, seeds, layers, solver, profiles, range or note, got unknown key "epochz", did you mean "epochs"?',
  ],
  [
    'no branch of a union',
    'connection: explicit\nlayers: some',
    't.yaml:2:9 layers: expected all, a range such as 4-6 or a list, got "some".',
  ],
  [
    'no branch of a union by far',
    'connection: explicit\nlayers: true',
    't.yaml:2:9 layers: expected all, text or a list, got true.',
  ],
  [
    'the likely branch of a union',
    'connection: explicit\nlayers: [1, x]',
    't.yaml:2:13 layers[1]: expected a whole number, got "x".',
  ],
  [
    'a mapping branch of a union',
    'connection: explicit\nnote: {txt: a}',
    't.yaml:2:7 note.text: expected text, got nothing.',
  ],
  [
    'an unknown discriminator',
    'connection: explicit\nsolver: {name: andersen}',
    't.yaml:2:16 solver.name: expected descent or anderson, got "andersen", did you mean "anderson"?',
  ],
  [
    'a key of the chosen branch',
    'connection: explicit\nsolver: {name: descent, stepSize: 0}',
    't.yaml:2:35 solver.stepSize: expected a number > 0, got 0.',
  ],
  [
    "another branch's key",
    'connection: explicit\nsolver: {name: anderson, memory: 3, stepSize: 1}',
    't.yaml:2:37 solver.stepSize: expected name or memory, got unknown key "stepSize".',
  ],
  [
    "a record's unknown key",
    'connection: explicit\nprofiles: {quick: {}, small: {}, smal: {}}',
    't.yaml:2:34 profiles.smal: expected quick or small, got unknown key "smal", did you mean "small"?',
  ],
  [
    "a refinement's own words",
    'connection: explicit\nrange: "4"',
    't.yaml:2:8 range: expected a range such as 4-6, got "4".',
  ],
  ['the wrong kind of document', '- 1', 't.yaml:1:1: expected a mapping, got a list.'],
])('%s is named with its place, what was expected and what came', (_case, text, line) => {
  expect(linesOf(text)).toContain(line);
});

test('every fault of a document is reported at once', () => {
  const lines = linesOf('connection: implict\nepochs: none\nseeds: [a, b]\nx: 1\n');
  expect(lines.map((line) => /^\S+ \S+/.exec(line)?.[0])).toEqual([
    't.yaml:1:13 connection:',
    't.yaml:2:9 epochs:',
    't.yaml:3:9 seeds[0]:',
    't.yaml:3:12 seeds[1]:',
    't.yaml:4:1 x:',
  ]);
});

test('a fault in a merged document names the file or option it came from', () => {
  const base = parseYaml('connection: implict', 'base.yaml');
  const merged = mergeLocated(base, locate({ epochs: 'many' }, '--epochs=many'));
  expect(() => validate(schema, merged)).toThrow(
    'base.yaml:1:13 connection: expected monotone, explicit or implicit, got "implict", did you mean "implicit"?\n' +
      '--epochs=many epochs: expected a whole number, got "many".',
  );
});

test('of many faults the first ten are shown and the others counted; long keys and values are cut', () => {
  const keys = Array.from({ length: 2000 }, (_, key) => `k${key}: 1`).join('\n');
  const lines = linesOf(`connection: explicit\n${keys}\n"a\\nb${'x'.repeat(900)}": 1`);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('... and 1991 more of 2001 mistakes.');
  const long = 'x'.repeat(1000);
  expect(linesOf(`connection: ${'x'.repeat(1e5)}\n${long}: 1`).join('\n').length).toBeLessThan(2000);
  expect(linesOf(`connection: explicit\n"a\\nb": 1`)).toHaveLength(1);
});

test('the nearest word allows a swap or a slip per three letters, and no more', () => {
  const words = ['learningRate', 'batchSize', 'epochs'];
  expect(nearest('learning_rate', words)).toBe('learningRate');
  expect(nearest('bacthsize', words)).toBe('batchSize');
  expect(nearest('steps', words)).toBeUndefined();
});
