import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '@im-bert/core';
import { RunStore } from '@im-bert/experiments';
import { command, firstFault, hasTrace, start } from './support/command.mjs';
import { contents, expectSame, leftovers } from './support/contents.mjs';
import { newFolder, runWords, tables, writeSmallHub } from './support/experiment.mjs';
import { repeat } from './support/repeat.mjs';

/** The command's temporary files go into the trial's own folder, where what is left can be seen. */
const places = (home) => ({ env: { TMPDIR: join(home, 'tmp') } });

async function homeIn(folder, table) {
  const home = await newFolder(folder, table);
  await mkdir(join(home, 'tmp'));
  return home;
}

const finishedFirst = 'ended before the kill';

/** Kills a command after a random part of the time that it takes; SIGINT one time in three. */
async function killed(words, home, seconds, random) {
  const { child, ended } = start(words, home, places(home));
  const signal = random.uniform() < 1 / 3 ? 'SIGINT' : 'SIGKILL';
  await Promise.race([sleep(1000 * seconds * random.uniform()), ended]);
  child.kill(signal);
  const { text, code } = await ended;
  if (hasTrace(text)) throw new Error(`${words[0]} after ${signal}: ${firstFault(text)}`);
  return code === 0 ? finishedFirst : `${words[0]} killed by ${signal}`;
}

/** Runs a command to its end; `seconds` says how long it took. */
async function finished(words, home) {
  const started = performance.now();
  const ended = await command(words, home, places(home));
  if (ended.code !== 0 || hasTrace(ended.text))
    throw new Error(`${words[0]} afterwards: exit code ${ended.code}: ${firstFault(ended.text)}`);
  return { ...ended, seconds: (performance.now() - started) / 1000 };
}

async function expectTidy(home) {
  const left = [
    ...(await leftovers(join(home, 'runs'))),
    ...(await leftovers(join(home, 'tmp'), (name) => name.startsWith('im-bert'))),
  ];
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
}

/** A run that is killed up to five times, the later ones as `resume`, ends in what one that nobody killed ends in. */
function runTrial(table) {
  return {
    prepare: async (folder) => {
      const home = await homeIn(folder, table);
      const { seconds } = await finished(runWords, home);
      return { folder, seconds, expected: await contents(home) };
    },
    trial: async ({ folder, seconds, expected }, random) => {
      const home = await homeIn(folder, table);
      const outcomes = [];
      for (let kills = 1 + random.integer(5); kills > 0 && outcomes.at(-1) !== finishedFirst; kills--) {
        const isNew = outcomes.length === 0 || random.uniform() < 0.5 || !(await hasRun(home));
        outcomes.push(await killed(isNew ? runWords : ['resume'], home, seconds, random));
      }
      await finished((await hasRun(home)) ? ['resume'] : runWords, home);
      expectSame(expected, await contents(home));
      await expectTidy(home);
      await rm(home, { recursive: true });
      return outcomes;
    },
  };
}

/** Whether a run got so far that there is something to resume. */
async function hasRun(home) {
  const store = await RunStore.read(join(home, 'runs', 'runs.duckdb'));
  try {
    return (await store?.lastInvocation()) !== undefined;
  } finally {
    store?.close();
  }
}

async function reportOf(home) {
  return readFile(join(home, 'runs', 'table', 'quick', 'report.md'), 'utf8');
}

/** A report that is killed is the old one or the new one, can be written again and changes nothing in the store. */
const reportTrial = {
  prepare: async (folder) => {
    const home = await homeIn(folder);
    await finished(runWords, home);
    const { seconds } = await finished(['report', 'table.yaml'], home);
    return { home, seconds, expected: await contents(home), report: await reportOf(home) };
  },
  trial: async ({ home, seconds, expected, report }, random) => {
    const outcomes = [];
    for (let kills = 1 + random.integer(5); kills > 0; kills--) {
      outcomes.push(await killed(['report', 'table.yaml'], home, seconds, random));
      if ((await reportOf(home)) !== report) throw new Error('a half-written report');
    }
    expectSame(expected, await contents(home));
    await finished(['report', 'table.yaml'], home);
    if ((await reportOf(home)) !== report) throw new Error('another report');
    await expectTidy(home);
    return outcomes;
  },
};

/** Loading data that is killed can be done again, to the same rows. */
const dataTrial = {
  prepare: async (folder) => {
    const home = await homeIn(folder);
    const words = ['data', 'ensure', 'rte', `--hub=${join(folder, 'hub')}`];
    await writeSmallHub(join(folder, 'hub'));
    const { stdout, seconds } = await finished(words, home);
    return { folder, words, seconds, expected: stdout };
  },
  trial: async ({ folder, words, seconds, expected }, random) => {
    const home = await homeIn(folder);
    const outcome = await killed(words, home, seconds, random);
    const status = await finished(['data', 'status', 'rte'], home);
    if (status.stdout !== expected && !status.stdout.includes('not loaded'))
      throw new Error(`half-loaded data: ${status.stdout.split('\n')[1]}`);
    const { stdout } = await finished(words, home);
    if (stdout !== expected) throw new Error(`other data: ${stdout.split('\n')[1]}`);
    await expectTidy(home);
    await rm(home, { recursive: true });
    return outcome;
  },
};

const kinds = {
  run: runTrial(tables.plain),
  attack: runTrial(tables.attack),
  report: reportTrial,
  data: dataTrial,
};

/** Kills of one kind of command; the runner's `trials` counts those of each kind. */
async function runKind(name, settings) {
  const { prepare, trial } = kinds[name];
  const prepared = await prepare(join(settings.folder, name));
  const random = randomStream(settings.seed, `kills/${name}`);
  return repeat(settings, name, () => trial(prepared, random));
}

export default {
  title: 'random SIGKILL and SIGINT of run, resume, an attack, report and data ensure',
  parts: Object.keys(kinds),
  run: async ({ part, ...settings }) => {
    const all = { trials: 0, outcomes: {}, failures: [] };
    const names = part === undefined ? Object.keys(kinds) : [part];
    for (const name of names) {
      const seconds = settings.seconds / names.length;
      const { trials, outcomes, failures } = await runKind(name, { ...settings, seconds });
      all.trials += trials;
      for (const [outcome, count] of Object.entries(outcomes)) all.outcomes[`${name}: ${outcome}`] = count;
      all.failures.push(...failures);
    }
    return all;
  },
};
