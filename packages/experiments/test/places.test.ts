import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { systemFault } from '@im-bert/core';
import { main, RunStore } from '@im-bert/experiments';
import { resultName } from '../src/commands/result-name.ts';
import { openLog } from '../src/run/log.ts';
import { tinyTable, withFiles } from './support/files.ts';

test('files of the same name in different folders keep their results apart', () => {
  const own = ['table1'];
  const names = [
    '/w/a.yaml',
    '/w/x/a.yaml',
    '/elsewhere/a.yaml',
    '/w/table1.yaml',
    '/w/cells.yaml',
    '/w/a.yml',
  ];
  const results = names.map((path) => resultName(path, '/w/runs', own));
  expect(results.slice(0, 2)).toEqual(['a', 'x/a']);
  expect(results[2]).toMatch(/^a-[0-9a-f]{8}$/);
  expect(results[3]).toMatch(/^table1-[0-9a-f]{8}$/);
  expect(new Set(results).size).toBe(names.length);
});

test('two tables of one name have two reports', async () => {
  const files = { 'a.yaml': tinyTable, 'x/a.yaml': tinyTable.replace('title: Tiny', 'title: Other') };
  await withFiles(files, async (folder) => {
    const runs = join(folder, 'runs');
    (await RunStore.open(join(runs, 'runs.duckdb'))).close();
    const terminal = { error: () => undefined };
    const unfinished = join(runs, `a/quick/report.md.im-bert.${hostname()}.999999999.1.partial`);
    await mkdir(dirname(unfinished), { recursive: true });
    await writeFile(unfinished, 'of a report that was killed');
    for (const table of Object.keys(files))
      expect(await main(['report', join(folder, table), `--runs=${runs}`], terminal)).toBe(0);
    expect(existsSync(unfinished)).toBe(false);
    expect(await readFile(join(runs, 'a/quick/report.md'), 'utf8')).toContain('# Tiny');
    expect(await readFile(join(runs, 'x/a/quick/report.md'), 'utf8')).toContain('# Other');
  });
});

const fullDevice = '/dev/full';
const onLinux = existsSync(fullDevice) ? test : test.skip;

onLinux('a log on a full disk is a mistake that names it, when the line is written', () => {
  const log = openLog(fullDevice);
  expect(() => {
    log.logger.info('a line');
  }).toThrow(`${fullDevice}: expected room to write, got no space left on the disk. Make room`);
  log.close();
});

onLinux('output on a full disk is one line and code 1', async () => {
  await withFiles({ 'table.yaml': tinyTable }, (folder) => {
    const script = join(import.meta.dirname, 'support', 'im-bert.mjs');
    const words = `"${process.execPath}" --conditions=@im-bert/source "${script}" plan table.yaml > ${fullDevice}`;
    const { status, stderr } = spawnSync('sh', ['-c', words], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(
      /^standard output: expected room to write, got no space left on the disk\. [^\n]*\n$/,
    );
    expect(status).toBe(1);
    return Promise.resolve();
  });
});

test('a missing folder for temporary files is named with its remedy', async () => {
  await withFiles({}, async (folder) => {
    const error: unknown = await mkdtemp(join(folder, 'gone', 'x')).catch((reason: unknown) => reason);
    expect(systemFault(error)?.message).toMatch(
      /gone.*: expected a folder for temporary files, got none\. Make that folder/,
    );
  });
});

test('a working directory that was deleted is one line', () => {
  const error = Object.assign(new Error('ENOENT: uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' });
  expect(systemFault(error)?.message).toBe(
    'working directory: expected a working directory that exists, got none. It was deleted; change into another one.',
  );
});
