import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel, monotoneConnection, randomModel, saveModel } from '@im-bert/models';
import { command } from './support/command.ts';
import { tinyTable, withFiles } from './support/files.ts';

/** Every mistake of a user: exit code 1, one line, no stack trace. */
async function expectOneLine(words: readonly string[], folder: string, line: RegExp): Promise<void> {
  const { code, stderr } = await command(words, folder);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(code).toBe(1);
}

test.each([
  [['run', 'table1', '--profil=small'], /unknown option '--profil=small' \(Did you mean --profile\?\)/],
  [['run', 'tabel1'], /^experiment: expected .*, got "tabel1", did you mean "table1"\?$/],
  [
    ['run', 'table1', '--profile=smal'],
    /profile: expected quick, small, paper, got "smal", did you mean "small"\?$/,
  ],
  [
    ['plan', 'table1', '--tasks=sts2'],
    /^--tasks=sts2 tasks\[0\]: expected .*, got "sts2", did you mean "sst2"\?$/,
  ],
  [['plan', 'table1', '--seeds=many'], /^--seeds=many seeds: expected .*, got "many"\.$/],
  [['run', 'missing.yaml'], /^missing\.yaml: expected a YAML file, got no such file\.$/],
  [['run', 'table1', '--threads=none'], /--threads.*Expected a positive whole number/],
  [['run', 'table1', '--profile=small', '--hub=nowhere'], /nowhere.*expected/],
  [['resume'], /expected an earlier run, got none/],
  [['report', 'table1'], /expected a run store, got no such file/],
  [['trian'], /unknown command 'trian' \(Did you mean/],
])('im-bert %j is answered in one line', async (words, line) => {
  await withFiles({}, async (folder) => {
    await expectOneLine(words, folder, line);
  });
});
