import { readFileSync } from 'node:fs';
import { mayDependOn, packages } from '../package-order.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const ownDependencies = (name: string): string[] =>
  Object.keys((JSON.parse(read(`packages/${name}/package.json`)) as Manifest).dependencies ?? {})
    .filter((dependency) => dependency.startsWith('@im-bert/'))
    .map((dependency) => dependency.slice('@im-bert/'.length));

/** Rows of the table "The order": package name to the names in its second column. */
function documentedOrder(): Map<string, string[]> {
  const rows = read('docs/architecture.md').matchAll(/^\| `(\w+)`\s*\|([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, name = '', imports = '']) => [
      name,
      imports
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ]),
  );
}

test('docs/architecture.md names every package in order, with what it may import', () => {
  expect([...documentedOrder()]).toEqual(packages.map((name) => [name, mayDependOn(name)]));
});

test.each(packages)(
  '%s depends on no package that comes after it or that the order does not allow',
  (name) => {
    const position = packages.indexOf(name);
    for (const dependency of ownDependencies(name)) {
      expect(mayDependOn(name)).toContain(dependency);
      expect(packages.indexOf(dependency)).toBeLessThan(position);
    }
  },
);
