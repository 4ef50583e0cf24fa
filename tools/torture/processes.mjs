import { rm } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '@im-bert/core';
import { command, firstFault, hasTrace, notOneLine, start } from './support/command.mjs';
import { contents, expectSame } from './support/contents.mjs';
import { newFolder, runWords } from './support/experiment.mjs';
import { repeat } from './support/repeat.mjs';

/** What reads while another process writes: it answers, whatever the moment. */
const readers = [
  ['plan', 'table.yaml'],
  ['report', 'table.yaml'],
  ['data', 'status'],
];

/** A second command beside a run that is stopped (SIGSTOP) at a random moment. */
async function trial({ folder, seconds, expected }, random) {
  const home = await newFolder(folder);
  const first = start(runWords, home);
  await Promise.race([sleep(1000 * seconds * random.uniform()), first.ended]);
  first.child.kill('SIGSTOP');
  const writes = random.uniform() < 0.5;
  const words = writes ? runWords : readers[random.integer(readers.length)];
  const second = await command(words, home);
  first.child.kill('SIGCONT');
  const one = await first.ended;
  const outcome = judge(words, writes, one, second);
  const again = await command(runWords, home);
  if (again.code !== 0) throw new Error(`the run afterwards: ${firstFault(again.text)}`);
  expectSame(expected, await contents(home));
  await rm(home, { recursive: true });
  return outcome;
}

/** Of two writers one gets the store and the other a line that says so; a reader is never turned away. */
function judge(words, writes, one, second) {
  for (const { text } of [one, second]) if (hasTrace(text)) throw new Error(firstFault(text));
  if (!writes) {
    const isEarly = words[0] === 'report' && /expected a run store, got no such file/.test(second.text);
    if (second.code !== 0 && !isEarly) throw new Error(`${words[0]}: ${firstFault(second.text)}`);
    if (one.code !== 0) throw new Error(`the run beside ${words[0]}: ${firstFault(one.text)}`);
    return `${words[0]} answered`;
  }
  const refused = [one, second].filter(({ code }) => code !== 0);
  for (const ended of refused) {
    const wrong = notOneLine(ended);
    if (wrong !== undefined) throw new Error(wrong);
    if (!ended.text.includes('held by process')) throw new Error(`not the cause: ${firstFault(ended.text)}`);
  }
  if (refused.length === 2) throw new Error('both refused');
  return refused.length === 0 ? 'one after the other' : 'one refused in a line';
}

export default {
  title: 'two processes on one store, the first stopped by SIGSTOP at a random moment',
  run: async (settings) => {
    const { seed, folder } = settings;
    const home = await newFolder(folder);
    const started = performance.now();
    const { code, text } = await command(runWords, home);
    if (code !== 0) throw new Error(firstFault(text));
    const seconds = (performance.now() - started) / 1000;
    const prepared = { folder, seconds, expected: await contents(home) };
    const random = randomStream(seed, 'processes');
    return repeat(settings, 'pair', () => trial(prepared, random));
  },
};
