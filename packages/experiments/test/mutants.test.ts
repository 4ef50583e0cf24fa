import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { loadExperiment, tableNames } from '@im-bert/experiments';
import fc from 'fast-check';
import { resolveRows } from '../src/plan/resolve-rows.ts';
import { withFiles } from './support/files.ts';

const tables = join(import.meta.dirname, '..', 'tables');

/** A damage to a text, its place as a share of the length. */
interface Damage {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const pieces = [
  ...[
    '[',
    ']',
    '{',
    '}',
    ':',
    '- ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '"',
    '#',
    '!x',
    '|',
    '? ',
    '%',
    '\t',
    '\u0000',
    ', ',
  ],
  ...[
    '-1',
    '0',
    '1e9',
    '.nan',
    '.inf',
    'null',
    'true',
    '[]',
    '{}',
    'implicit',
    'monotone',
    'hub',
    '__proto__: 1',
  ],
  ...['99999999999', 'extends: ../table1.yaml\n', 'grid: { a.b: [1, 2] }\n', '<<: ', '2001-01-01', '{title}'],
];

const damages = fc.array(
  fc.record<Damage>({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
    inserted: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })),
  }),
  { minLength: 1, maxLength: 3 },
);

function damaged(text: string, all: readonly Damage[]): string {
  return all.reduce((before, { at, removed, inserted }) => {
    const start = Math.floor(at * before.length);
    return before.slice(0, start) + inserted + before.slice(start + removed);
  }, text);
}

test('a damaged table is an experiment or a mistake of few lines, within a second', async () => {
  const names = await tableNames();
  const texts = new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(tables, `${name}.yaml`), 'utf8')] as const),
    ),
  );
  await withFiles({}, async (folder) => {
    await cp(tables, folder, { recursive: true });
    const profile = fc.constantFrom('quick', 'small', 'paper');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), profile, damages, async (name, chosen, all) => {
        const path = join(folder, `${name}.yaml`);
        const text = texts.get(name) ?? '';
        await writeFile(path, damaged(text, all));
        const start = performance.now();
        try {
          resolveRows(await loadExperiment(path, chosen));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).message.split('\n').length).toBeLessThanOrEqual(11);
        } finally {
          await writeFile(path, text);
        }
        expect(performance.now() - start).toBeLessThan(1000);
      }),
      { numRuns: 100 },
    );
  });
}, 60_000);
