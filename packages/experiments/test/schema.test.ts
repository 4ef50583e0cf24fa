import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseYaml, plainValue } from '@im-bert/core';
import { experimentJsonSchema, tableNames } from '@im-bert/experiments';
import { Ajv } from 'ajv';

const root = join(import.meta.dirname, '..');

test('the committed JSON Schema is that of the code (if not: im-bert schema > schema/experiment.schema.json)', async () => {
  const committed = await readFile(join(root, 'schema', 'experiment.schema.json'), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(experimentJsonSchema()));
});

test('every file that ships satisfies the JSON Schema, and a misspelt one does not', async () => {
  const check = new Ajv({ allErrors: true, strict: false }).compile(
    JSON.parse(experimentJsonSchema()) as object,
  );
  const errorsOf = (text: string): unknown =>
    check(plainValue(parseYaml(text, 'file'))) ? [] : check.errors;
  for (const name of [...(await tableNames()), 'base/advglue']) {
    const text = await readFile(join(root, 'tables', `${name}.yaml`), 'utf8');
    expect({ name, errors: errorsOf(text) }).toEqual({ name, errors: [] });
  }
  expect(errorsOf('profiles: { small: { attack: { exmples: 3 } } }')).not.toEqual([]);
  expect(errorsOf('rows: { A: { connection: { solver: { name: picard, stepSize: 1 } } } }')).not.toEqual([]);
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
