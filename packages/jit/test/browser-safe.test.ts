import { readFileSync } from 'node:fs';

const place = (path: string): URL => new URL(path, import.meta.url);

/** Files of workspace packages are followed; of other packages only the name is of interest. */
function resolved(specifier: string, from: URL): URL | undefined {
  if (specifier.startsWith('.')) return new URL(specifier, from);
  const [, subject] = /^@im-bert\/core\/(\w+)$/.exec(specifier) ?? [];
  return subject === undefined ? undefined : place(`../../core/src/${subject}.ts`);
}

/** The packages that a file's imports of values reach, Node's own modules included. */
function packagesReached(entry: URL, seen = new Set<string>()): Set<string> {
  const reached = new Set<string>();
  if (seen.has(entry.href)) return reached;
  seen.add(entry.href);
  const source = readFileSync(entry, 'utf8');
  for (const [, specifier = ''] of source.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '([^']+)';/gm)) {
    const next = resolved(specifier, entry);
    const names = next === undefined ? [specifier] : packagesReached(next, seen);
    for (const name of names) reached.add(name);
  }
  return reached;
}

test.each(['index', 'web'])('the entry %s needs nothing of Node and no native module', (entry) => {
  const allowed = ['@tensorflow/tfjs-core'];
  expect([...packagesReached(place(`../src/${entry}.ts`))].filter((name) => !allowed.includes(name))).toEqual(
    [],
  );
});

test("Node's entry does, so the test above could fail", () => {
  expect([...packagesReached(place('../src/node.ts'))]).toEqual(
    expect.arrayContaining(['node:os', 'onnxruntime-node']),
  );
});
