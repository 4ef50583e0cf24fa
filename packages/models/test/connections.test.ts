import { parseYaml, validate } from '@im-bert/core';
import {
  connectionSchema,
  connectionSettings,
  type ConnectionSpec,
  gradientOf,
  layerKinds,
  solveOf,
} from '@im-bert/models';
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
  ['', 'detached'],
  ['solver: { name: picard }', 'unrolled'],
  ['solver: { name: anderson }', 'unrolled'],
  ['solver: { name: anderson }\ngradient: { name: implicit }', 'implicit'],
])('%s is differentiated %s', (text, name) => {
  const solve = solveOf(read(`kind: implicit\n${text}`));
  expect(solve && gradientOf(solve).name).toBe(name);
});

test('a connection is known by what it does: the settings that its layers read, and theta only where it is not 1', () => {
  const step = { eulerStep: 1, phi: 'layer' };
  const solver = { name: 'anderson', iterations: 3, memory: 5, mixing: 1, regularisation: 1e-4 };
  const solve = { dropout: 'shared', maskResidual: true, solver, gradient: { name: 'unrolled' } };
  const anderson = 'solver: { name: anderson, iterations: 3 }';
  const settings = (text: string) => connectionSettings(read(text), 3);
  expect(settings('kind: monotone')).toEqual({ kinds: ['monotone', 'monotone', 'monotone'] });
  expect(settings('{ kind: explicit, layers: 2-3 }')).toEqual({
    ...{ kinds: ['monotone', 'explicit', 'explicit'], ...step },
  });
  expect(settings(`{ kind: implicit, layers: [3], ${anderson} }`)).toEqual({
    ...{ kinds: ['monotone', 'monotone', 'implicit'], ...step, ...solve },
  });
  expect(settings(`{ kind: implicit, theta: 0.5, layers: '3', elsewhere: explicit, ${anderson} }`)).toEqual({
    ...{ kinds: ['explicit', 'explicit', 'implicit'], ...step, theta: 0.5, ...solve },
  });
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
  [
    'kind: implicit\nlayers: 6-',
    /table\.yaml:2:9 layers: expected all, a range such as 4-6, or a list of layers/,
  ],
  ['kind: implicit\nlayers: 6-4', /layers: expected/],
  ['kind: implicit\niterations: 5', /iterations: expected .*, got unknown key "iterations"/],
  ['kind: implicit\nsolver: { name: newton }', /solver.*: expected gradient-descent, picard or anderson/],
  ['kind: implicit\nsolver: { name: picard, damping: 0 }', /solver\.damping: expected/],
  [
    'kind: implicit\nsolver: { name: picard, stepSize: 1 }',
    /solver\.stepSize: expected .*got unknown key "stepSize"/,
  ],
  ['kind: implicit\nsolver: { name: anderson, memory: 6 }', /solver\.memory: expected/],
  ['kind: monotone\ntheta: 0.5', /table\.yaml:2:1 theta: expected kind, got unknown key "theta"/],
  [
    'kind: explicit\nsolver: { name: picard }',
    /solver: expected kind, layers, eulerStep or phi, got unknown key/,
  ],
  ['layers: all', /kind: expected monotone, explicit or implicit|expected monotone, explicit or implicit/],
])('%s is refused with its place', (text, pattern) => {
  expect(() => read(text)).toThrow(pattern);
});

test('the schema has a JSON Schema, for editors', () => {
  expect(toJSONSchema(connectionSchema, { io: 'input', target: 'draft-7' })).toMatchObject({
    oneOf: ['monotone', 'explicit', 'implicit'].map((kind) => ({ properties: { kind: { const: kind } } })),
  });
});
