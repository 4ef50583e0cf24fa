import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from '@im-bert/experiments';
import { failure } from '../src/failure.ts';
import { command, type Ended, startCommand } from './support/command.ts';
import { tinyTable, withFiles } from './support/files.ts';
import { pretrainedTable, writeTinyModel } from './support/model-folder.ts';

/** Checks that a mistake ends with exit code 1 and one line that matches, without a stack trace. */
function expectOneLine({ code, stderr }: Pick<Ended, 'code' | 'stderr'>, line: RegExp): void {
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(code).toBe(1);
}

/** Runs the command in this process, which is faster; paths are within `folder`. */
async function mistake(words: readonly string[], folder: string): Promise<Pick<Ended, 'code' | 'stderr'>> {
  let stderr = '';
  const terminal = { error: (text: string) => void (stderr += text) };
  const code = await main([...words, `--runs=${join(folder, 'runs')}`], terminal);
  return { code, stderr };
}

test.each([
  [['run', 'table1', '--profil=small'], /unknown option '--profil=small' \(Did you mean --profile\?\)/],
  [['run', 'tabel1'], /^experiment: expected .*, got "tabel1", did you mean "table1"\?$/],
  [['run', 'table1', '--profile=smal'], /profile: expected .*, got "smal", did you mean "small"\?$/],
  [
    ['plan', 'table1', '--tasks=sts2'],
    /^--tasks=sts2 tasks\[0\]: expected .*, got "sts2", did you mean "sst2"\?$/,
  ],
  [['plan', 'table1', '--seeds=many'], /^--seeds=many seeds: expected .*, got "many"\.$/],
  [['plan'], /^im-bert plan: expected a table, such as table1, or --all, got neither\.$/],
  [['run', 'missing.yaml'], /^missing\.yaml: expected a YAML file, got no such file\.$/],
  [['run', 'table1', '--threads=none'], /--threads.*Expected a positive whole number/],
  [['run', 'table1', '--profile=small', '--hub=nowhere'], /nowhere: expected/],
  [['data', 'ensure', 'sst3'], /got "sst3", did you mean "sst2"\?$/],
  [['resume', 'table1'], /expected an earlier run of table1, got none/],
  [['report', 'table1'], /expected a run store, got no such file/],
  [['rnu'], /unknown command 'rnu' \(Did you mean run\?\)/],
  [['rnu', '--help'], /unknown command 'rnu' \(Did you mean run\?\)/],
  [['help', 'rnu'], /unknown command 'rnu' \(Did you mean run\?\)/],
  [['plan', 'table1', '--seeds=0x3'], /^--seeds=0x3 seeds: expected .*, got "0x3"\.$/],
  [['plan', 'table1', '--seeds=-1'], /^--seeds=-1 seeds: expected a number > 0, got -1\.$/],
  [['plan', 'table1', '--seeds='], /option '--seeds <count\|list>' has an empty value/],
  [['plan', 'table1', '--seeds=4,4'], /^--seeds=4,4: expected each only once, got "4" twice\.$/],
  [['plan', 'table1', '--tasks=sst2,sst2'], /^--tasks=.*: expected each only once, got "sst2" twice\.$/],
  [['plan', 'table1', '--tasks='], /option '--tasks <list>' has an empty value/],
  [['plan', 'table1', '--seeds=3', '--seeds=4'], /option '--seeds .*' is given more than once/],
  [['plan', 'table1', '--all'], /^im-bert plan: expected a table or --all, got both table1 and --all\.$/],
  [['plan', '--all', '--profile=small'], /'--all' cannot be used with option '--profile <name>'/],
  [['plan', 'table1', '--hub=nowhere'], /^hub nowhere: expected a readable folder .*, got none\.$/],
  [['plan', 'table1', '--hub='], /option '--hub <folder>' has an empty value/],
  [['run', 'table1', '--threads=1000000'], /--threads.*Expected at most 1024/],
  [['run', 'table1', '--checkpoint-every=0'], /--checkpoint-every.*Expected a positive whole number/],
])('im-bert %j is answered in one line', async (words, line) => {
  await withFiles({}, async (folder) => {
    expectOneLine(await mistake(words, folder), line);
  });
});

test.each(['plan', 'run', 'report'])('im-bert %s refuses a file as the folder of runs', async (verb) => {
  await withFiles({ file: '' }, async (folder) => {
    let stderr = '';
    const terminal = { error: (text: string) => void (stderr += text) };
    const code = await main([verb, 'table1', `--runs=${join(folder, 'file')}`], terminal);
    expectOneLine(
      { code, stderr },
      /option '--runs <folder>' argument '.*' .*Expected a folder, got a file\./,
    );
  });
});

test('a fault of ours shows its trace and asks for a report with version, platform and command', () => {
  const { text, code } = failure(new TypeError('x is undefined'), ['run', 'my table.yaml']);
  expect(text).toMatch(/^TypeError: x is undefined\n {4}at /);
  expect(text).toMatch(/report it among the issues of im-bert's repository/);
  expect(text).toMatch(
    /im-bert \d+\.\d+\.\d+, Node\.js v\d+.*, \w+ \w+\n {2}im-bert "run" "my table.yaml"\n$/,
  );
  expect(code).toBe(70);
});

test('a reader that goes, such as head -1, ends the command without a word', async () => {
  await withFiles({}, async (folder) => {
    const { child, ended } = startCommand(['schema'], folder);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 141, stderr: '' });
  });
});

test('a misspelt key is answered with file, line, column, path and the likely word', async () => {
  await withFiles({ 'table.yaml': tinyTable.replace('epochs: 1', 'epocs: 1') }, async (folder) => {
    const line =
      /^table\.yaml:15:32 training\.epocs: expected .*, got unknown key "epocs", did you mean "epochs"\?$/;
    expectOneLine(await command(['run', 'table.yaml'], folder), line); // the real command, in a process of its own
  });
});

/** Runs the table with the tiny pretrained model after something happened to the model's folder. */
async function expectAfter(
  damage: (model: string) => Promise<void>,
  line: RegExp,
  yaml = pretrainedTable,
): Promise<void> {
  await withFiles({ 'table.yaml': yaml }, async (folder) => {
    const hub = join(folder, 'hub');
    await damage(await writeTinyModel(hub));
    expectOneLine(await mistake(['run', join(folder, 'table.yaml'), `--hub=${hub}`], folder), line);
  });
}

test('a missing weights file is answered in one line', async () => {
  await expectAfter(async (model) => rm(join(model, 'model.safetensors')), /model\.safetensors: expected/);
});

test('truncated weights are answered in one line', async () => {
  await expectAfter(
    async (model) => truncate(join(model, 'model.safetensors'), 2000),
    /model\.safetensors.*: expected/,
  );
});

test('a config.json that was changed since its weights were saved is answered in one line', async () => {
  await expectAfter(async (model) => {
    const path = join(model, 'config.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"intermediate_size": 64', '"intermediate_size": 32'));
  }, /model\.safetensors: expected the config\.json that was saved with it/);
});

test('an encoder of another depth than the experiment says is answered in one line', async () => {
  const yaml = pretrainedTable.replace('layers: 2', 'layers: 3');
  await expectAfter(
    async () => Promise.resolve(),
    /config\.json: expected 3 layers of 16.*, got 2 layers of 16/,
    yaml,
  );
});
