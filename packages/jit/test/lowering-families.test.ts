import { readdirSync } from 'node:fs';
import { loweringFamilies, lowerings } from '../src/lowering/lowerings.ts';

test('every family of lowerings has a file of cases, and every lowering a family', () => {
  const files = readdirSync(new URL('.', import.meta.url)).map((name) => name.replace('.test.ts', ''));
  const families = Object.entries(loweringFamilies);
  expect(families.map(([family]) => `lowering-${family}`).filter((name) => !files.includes(name))).toEqual(
    [],
  );
  const kernels = families.flatMap(([, table]) => Object.keys(table));
  expect(kernels.sort()).toEqual(Object.keys(lowerings).sort());
});
