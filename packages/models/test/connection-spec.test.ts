import { parseYaml, validate } from '@im-bert/core';
import { connectionSchema, type ConnectionSpec, gradientOf, layerKinds } from '@im-bert/models';
import { toJSONSchema } from 'zod';

function read(text: string): ConnectionSpec {
  return validate(connectionSchema, parseYaml(text, 'table.yaml'));
}

test('the defaults are Algorithm 1 as the paper prints it, with padding left out', () => {
  expect(read('kind: implicit')).toEqual({
    kind: 'implicit',
    layers: 'all',
    elsewhere: 'monotone',
    eulerStep: 1,
    theta: 1,
    phi: 'layer',
    dropout: 'shared',
    maskResidual: true,
    solver: { name: 'gradient-descent', iterations: 5, stepSize: 0.1, stepRule: { name: 'fixed' } },
  });
});

test.each([
  ['{}', 'detached'],
  ['solver: { name: picard }', 'unrolled'],
  ['solver: { name: anderson }', 'unrolled'],
  ['{ solver: { name: anderson }, gradient: { name: implicit } }', 'implicit'],
])('%s is differentiated %s', (text, name) => {
  expect(gradientOf(read(text)).name).toBe(name);
});

test.each([
  ['layers: all', [1, 2, 3, 4, 5, 6]],
  ['layers: 4-6', [4, 5, 6]],
  ['layers: "2"', [2]],
  ['layers: 1-2, 5', [1, 2, 5]],
  ['layers: [3, 1]', [1, 3]],
])('%s chooses layers counted from 1, as the paper does', (text, chosen) => {
  const kinds = layerKinds(read(`kind: implicit\nelsewhere: explicit\n${text}`), 6);
  const wanted = [1, 2, 3, 4, 5, 6].map((layer) => (chosen.includes(layer) ? 'implicit' : 'explicit'));
  expect(kinds).toEqual(wanted);
});

test.each([
  [
    'kind: implict',
    /table\.yaml:1:7 kind: expected monotone, explicit or implicit, got "implict", did you mean "implicit"/,
  ],
  ['layers: 6-', /table\.yaml:1:9 layers: expected all, a range such as 4-6, or a list of layers/],
  ['layers: 6-4', /layers: expected/],
  ['iterations: 5', /iterations: expected .*, got unknown key "iterations"/],
  ['solver: { name: newton }', /solver.*: expected gradient-descent, picard or anderson/],
  ['solver: { name: picard, damping: 0 }', /solver\.damping: expected/],
  ['solver: { name: picard, stepSize: 1 }', /solver\.stepSize: expected .*got unknown key "stepSize"/],
  ['solver: { name: anderson, memory: 6 }', /solver\.memory: expected/],
])('%s is refused with its place', (text, pattern) => {
  expect(() => read(text)).toThrow(pattern);
});

test('the schema has a JSON Schema, for editors', () => {
  expect(toJSONSchema(connectionSchema, { io: 'input', target: 'draft-7' })).toMatchObject({
    properties: { kind: { enum: ['monotone', 'explicit', 'implicit'], default: 'monotone' } },
  });
});
