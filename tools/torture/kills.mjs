import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '@im-bert/core';
import { RunStore } from '@im-bert/experiments';
import { command, firstFault, hasTrace, start } from './support/command.mjs';
import { contents, difference, leftovers } from './support/contents.mjs';
import { budget, counter, newFolder, runWords, tables, writeSmallHub } from './support/experiment.mjs';

/** Kills a command after a random part of the time that it takes; SIGINT one time in three. */
async function killed(words, folder, seconds, random) {
  const { child, ended } = start(words, folder);
  const signal = random.uniform() < 1 / 3 ? 'SIGINT' : 'SIGKILL';
  await Promise.race([sleep(1000 * seconds * random.uniform()), ended]);
  child.kill(signal);
  const { text, code } = await ended;
  if (hasTrace(text)) throw new Error(`${words[0]} after ${signal}: ${firstFault(text)}`);
  return code === 0 ? 'ended before the kill' : `${words[0]} killed by ${signal}`;
}

async function finished(words, folder) {
  const ended = await command(words, folder);
  if (ended.code === 0 && !hasTrace(ended.text)) return ended;
  throw new Error(`${words[0]} afterwards: exit code ${ended.code}: ${firstFault(ended.text)}`);
}

/** A run that is killed up to three times, the later ones as `resume`, ends in what one that nobody killed ends in. */
function runTrial(table) {
  return {
    prepare: async (folder) => {
      const home = await newFolder(folder, table);
      const started = performance.now();
      await finished(runWords, home);
      return { table, folder, seconds: (performance.now() - started) / 1000, expected: await contents(home) };
    },
    trial: async ({ folder, seconds, expected }, random) => {
      const home = await newFolder(folder, table);
      const kills = 1 + random.integer(3);
      let outcome = '';
      for (let kill = 0; kill < kills; kill++) {
        const isNew = kill === 0 || random.uniform() < 0.5 || !(await hasRun(home));
        outcome = await killed(isNew ? runWords : ['resume'], home, seconds, random);
      }
      await finished((await hasRun(home)) ? ['resume'] : runWords, home);
      await same(home, expected);
      return outcome;
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

async function same(home, expected) {
  const got = await contents(home);
  if (got !== expected) throw new Error(`other results: ${difference(expected, got)}`);
  const left = await leftovers(home);
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  await rm(home, { recursive: true });
}

/** A report that is killed can be written again and changes nothing in the store. */
const reportTrial = {
  prepare: async (folder) => {
    const home = await newFolder(folder);
    await finished(runWords, home);
    const started = performance.now();
    await finished(['report', 'table.yaml'], home);
    const seconds = (performance.now() - started) / 1000;
    return { home, seconds, expected: await contents(home), report: await reportOf(home) };
  },
  trial: async ({ home, seconds, expected, report }, random) => {
    const outcome = await killed(['report', 'table.yaml'], home, seconds, random);
    if ((await reportOf(home)) !== report) throw new Error('a half-written report');
    if ((await contents(home)) !== expected) throw new Error('the store changed');
    await rm(join(home, 'runs', 'table'), { recursive: true });
    await finished(['report', 'table.yaml'], home);
    if ((await reportOf(home)) !== report) throw new Error('another report');
    return outcome;
  },
};

async function reportOf(home) {
  return readFile(join(home, 'runs', 'table', 'quick', 'report.md'), 'utf8');
}

/** Loading data that is killed can be done again, to the same rows. */
const dataTrial = {
  prepare: async (folder) => {
    const home = await newFolder(folder);
    const words = ['data', 'ensure', 'rte', `--hub=${join(folder, 'hub')}`];
    await writeSmallHub(join(folder, 'hub'));
    const started = performance.now();
    const { stdout } = await finished(words, home);
    return { folder, words, seconds: (performance.now() - started) / 1000, expected: stdout };
  },
  trial: async ({ folder, words, seconds, expected }, random) => {
    const home = await newFolder(folder);
    const outcome = await killed(words, home, seconds, random);
    const status = await finished(['data', 'status', 'rte'], home);
    if (status.stdout !== expected && !status.stdout.includes('not loaded'))
      throw new Error(`half-loaded data: ${status.stdout.split('\n')[1]}`);
    const { stdout } = await finished(words, home);
    if (stdout !== expected) throw new Error(`other data: ${stdout.split('\n')[1]}`);
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

/** A trial of one kind of command; the runner's `trials` counts each kind. */
async function runKind(name, { seconds, seed, trials, folder, log }) {
  const { prepare, trial } = kinds[name];
  const prepared = await prepare(join(folder, name));
  const random = randomStream(seed, `kills/${name}`);
  const isOver = budget({ seconds, trials });
  const { outcomes, count } = counter();
  const failures = [];
  let done = 0;
  for (; !isOver(done); done++) {
    try {
      count(`${name}: ${await trial(prepared, random)}`);
    } catch (error) {
      failures.push(`${name} ${done}: ${error.message}`);
      log(failures.at(-1));
    }
  }
  return { trials: done, outcomes, failures };
}

export default {
  title: 'random SIGKILL and SIGINT of run, resume, an attack, report and data ensure',
  run: async (settings) => {
    const all = { trials: 0, outcomes: {}, failures: [] };
    const names = Object.keys(kinds);
    for (const name of names) {
      const seconds = settings.seconds / names.length;
      const { trials, outcomes, failures } = await runKind(name, { ...settings, seconds });
      all.trials += trials;
      Object.assign(all.outcomes, outcomes);
      all.failures.push(...failures);
    }
    return all;
  },
};
