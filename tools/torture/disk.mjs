import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '@im-bert/core';
import { command, firstFault, hasTrace, notOneLine, start } from './support/command.mjs';
import { contents, expectSame } from './support/contents.mjs';
import { newFolder, runWords, tables, writeSmallHub } from './support/experiment.mjs';
import { repeat } from './support/repeat.mjs';

const enough = 256 * 2 ** 20;
const page = 4096;

/** A disk of so many bytes in memory; undefined where this user may not mount. */
function mount(folder, bytes) {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]).status === 0;
}

function resize(folder, bytes) {
  const { status } = spawnSync('mount', ['-o', `remount,size=${bytes}`, folder]);
  if (status !== 0) throw new Error('the disk cannot be resized');
}

function usedBytes(folder) {
  return 1024 * Number(spawnSync('du', ['-sk', folder], { encoding: 'utf8' }).stdout.split('\t')[0]);
}

/** What is done on the small disk, and what must come of it in the end. */
const kinds = {
  run: { words: () => runWords, table: tables.plain, result: contents },
  attack: { words: () => runWords, table: tables.attack, result: contents },
  report: {
    before: runWords,
    words: () => ['report', 'table.yaml'],
    table: tables.plain,
    result: contents,
  },
  data: {
    words: (hub) => ['data', 'ensure', 'rte', `--hub=${hub}`],
    table: tables.plain,
    result: async (home) => (await command(['data', 'status', 'rte'], home)).stdout.split('\n'),
  },
};

async function prepared(name, folder, hub) {
  const { before, words, table, result } = kinds[name];
  const home = await newFolder(join(folder, name), table);
  if (before !== undefined) await succeed(before, home);
  const from = usedBytes(home);
  const started = performance.now();
  await succeed(words(hub), home);
  const seconds = (performance.now() - started) / 1000;
  return { from, to: usedBytes(home), seconds, expected: await result(home) };
}

async function succeed(words, home) {
  const { code, text } = await command(words, home);
  if (code !== 0 || hasTrace(text)) throw new Error(`${words[0]}: exit code ${code}: ${firstFault(text)}`);
}

/** The end on a full disk: one line that names the disk, or success where there was room after all. */
function judge({ code, text, ...rest }) {
  if (code === 0 && !hasTrace(text)) return 'had room';
  const wrong = notOneLine({ code, text, ...rest });
  if (wrong !== undefined) throw new Error(wrong);
  if (!/no space left|limit on the size/.test(text)) throw new Error(`not the cause: ${firstFault(text)}`);
  return 'one line';
}

/** A command on a disk that is too small from the start. */
async function onSmallDisk(words, disk, { from, to }, share) {
  const size = from + Math.ceil(((to - from) * share) / page) * page;
  resize(disk, Math.max(size, usedBytes(disk) + page));
  return command(words, disk);
}

/** A command on a disk that something else fills up while it goes. */
async function onFillingDisk(words, disk, { seconds }, share) {
  const { ended } = start(words, disk);
  await Promise.race([sleep(1000 * seconds * share), ended]);
  resize(disk, usedBytes(disk) + page);
  return ended;
}

async function trial(name, moment, { folder, disk, hub, known, random }) {
  known[name] ??= await prepared(name, folder, hub);
  const { before, words, table, result } = kinds[name];
  resize(disk, enough);
  await rm(join(disk, 'runs'), { recursive: true, force: true });
  await writeFile(join(disk, 'table.yaml'), table);
  if (before !== undefined) await succeed(before, disk);
  const share = random.uniform();
  const fill = moment % 2 === 0 ? onSmallDisk : onFillingDisk;
  const outcome = judge(await fill(words(hub), disk, known[name], share));
  resize(disk, enough);
  await succeed(words(hub), disk); // the same command goes on
  expectSame(known[name].expected, await result(disk));
  return `${name}: ${outcome}`;
}

async function trials(settings, disk) {
  const { seed, folder } = settings;
  const hub = join(folder, 'hub');
  await writeSmallHub(hub);
  const context = { folder, disk, hub, known: {}, random: randomStream(seed, 'disk') };
  const names = ['run', 'attack', 'run', 'report', 'run', 'data'];
  return repeat({ trials: 24, ...settings }, 'moment', (moment) =>
    trial(names[(moment >> 1) % names.length], moment, context),
  );
}

export default {
  title: 'a full disk while runs, attacks, reports and data are written; then room again',
  run: async (settings) => {
    const disk = join(settings.folder, 'disk');
    await mkdir(disk);
    if (!mount(disk, enough))
      return { trials: 0, outcomes: { 'skipped (needs the right to mount a tmpfs)': 1 }, failures: [] };
    try {
      return await trials(settings, disk);
    } finally {
      spawnSync('umount', [disk]);
    }
  },
};
