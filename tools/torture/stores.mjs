import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@im-bert/core';
import { command, firstFault, hasTrace, notOneLine } from './support/command.mjs';
import { budget, counter, newFolder, runWords } from './support/experiment.mjs';

const page = 4096;

/** What may happen to a file; each gives the bytes after it. */
const damages = {
  bit: (bytes, random) => {
    const at = random.integer(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    return bytes;
  },
  cut: (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  'page of zeros': (bytes, random) => {
    const at = page * random.integer(Math.ceil(bytes.length / page));
    return bytes.fill(0, at, at + page);
  },
};

/** The report without what a run of the command itself decides. */
async function reportOf(home) {
  const ended = await command(['report', 'table.yaml'], home);
  const path = join(home, 'runs', 'table', 'quick', 'report.md');
  return { ended, text: ended.code === 0 ? await readFile(path, 'utf8') : undefined };
}

/** A report from a damaged store is the same report, or one line; never other numbers. */
async function trial({ home, whole, expected }, random) {
  const names = Object.keys(damages);
  const name = names[random.integer(names.length)];
  const store = join(home, 'runs', 'runs.duckdb');
  await writeFile(store, damages[name](Buffer.from(whole), random));
  const { ended, text } = await reportOf(home);
  if (hasTrace(ended.text)) throw new Error(`${name}: ${firstFault(ended.text)}`);
  if (text === expected) return `${name}: same report`;
  if (text !== undefined) throw new Error(`${name}: another report`);
  const wrong = notOneLine(ended);
  if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
  return `${name}: one line`;
}

export default {
  title: 'run stores with a flipped bit, a page of zeros or cut short, read by report',
  run: async ({ seconds, seed, trials, folder, log }) => {
    const home = await newFolder(folder);
    const { code, text } = await command(runWords, home);
    if (code !== 0) throw new Error(firstFault(text));
    const whole = await readFile(join(home, 'runs', 'runs.duckdb'));
    const prepared = { home, whole, expected: (await reportOf(home)).text };
    const random = randomStream(seed, 'stores');
    const isOver = budget({ seconds, trials });
    const { outcomes, count } = counter();
    const failures = [];
    let done = 0;
    for (; !isOver(done); done++) {
      try {
        count(await trial(prepared, random));
      } catch (error) {
        failures.push(`${done}: ${error.message}`);
        log(failures.at(-1));
      }
    }
    return { trials: done, outcomes, failures };
  },
};
