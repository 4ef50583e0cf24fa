import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processMark, removePartialFiles } from '@im-bert/core';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-bert-partial-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const host = hostname().replaceAll(/[^\w-]/g, '_');

/** The number of a process that has ended. */
const ended = spawnSync(process.execPath, ['--version']).pid;

test('unfinished files of processes that ended go, in every folder; those of one that runs and other files stay', async () => {
  await mkdir(join(folder, 'below'));
  const left = [
    `report.md.im-bert.${host}.${ended}.1.partial`,
    `below/a.svg.im-bert.${host}.${ended}.2.partial`,
  ];
  const kept = [
    `report.md.${processMark}.3.partial`,
    `a.im-bert.elsewhere.${ended}.4.partial`,
    'my.partial',
    'below',
    'report.md',
  ];
  for (const name of [...left, ...kept.filter((one) => one !== 'below')])
    await writeFile(join(folder, name), 'x');
  await removePartialFiles(folder);
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(kept.sort());
});

test('those of another machine go once nobody has touched them for an hour; a missing folder is none', async () => {
  const [old, fresh] = [`a.im-bert.elsewhere.1.2.partial`, `b.im-bert.elsewhere.1.2.partial`];
  for (const name of [old, fresh]) await writeFile(join(folder, name), 'x');
  const before = Date.now() / 1000 - 3700;
  await utimes(join(folder, old), before, before);
  await removePartialFiles(folder);
  await removePartialFiles(join(folder, 'none'));
  expect(await readdir(folder)).toEqual([fresh]);
});
