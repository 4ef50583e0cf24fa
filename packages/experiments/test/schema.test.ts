import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { experimentJsonSchema, tableNames } from '@im-bert/experiments';

const root = join(import.meta.dirname, '..');

test('the committed JSON Schema is that of the code (if not: im-bert schema > schema/experiment.schema.json)', async () => {
  const committed = await readFile(join(root, 'schema', 'experiment.schema.json'), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(experimentJsonSchema()));
});

test('every table names the schema for editors, by a path that exists', async () => {
  for (const name of await tableNames()) {
    const text = await readFile(join(root, 'tables', `${name}.yaml`), 'utf8');
    const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    await expect(readFile(join(root, 'tables', dirname(name), path), 'utf8')).resolves.toContain(
      'im-bert experiment',
    );
  }
});
