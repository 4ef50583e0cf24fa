import { parseYaml, validate, variants } from '@im-bert/core';
import { z } from 'zod';

const square = {
  sides: 4,
  schema: z.strictObject({ name: z.literal('square'), side: z.number() }),
  create: ({ side }: { readonly side: number }) => ({ area: () => side ** 2 }),
};
const triangle = {
  sides: 3,
  schema: z.strictObject({ name: z.literal('triangle'), base: z.number(), height: z.number() }),
  create: ({ base, height }: { readonly base: number; readonly height: number }) => ({
    area: () => (base * height) / 2,
  }),
};

test("a family reads a member's options and makes what they describe", () => {
  const shapes = variants('name', { square, triangle });
  const read = (text: string) => validate(shapes.schema, parseYaml(text, 'shape.yaml'));
  const options = read('{ name: triangle, base: 4, height: 3 }');
  expect(shapes.create(options).area()).toBe(6);
  expect(shapes.members[options.name].sides).toBe(3);
  expect(() => read('{ name: square, height: 3 }')).toThrow(/shape\.yaml:1:17 height: expected name or side/);
  expect(() => read('name: circle')).toThrow(/name: expected square or triangle, got "circle"/);
});

test('a member under another name than that in its schema is refused', () => {
  expect(() => variants('name', { box: square })).toThrow('expected the name "box" in its schema');
});
