// A process that reads mutants of one format, one a message, and says what came of each.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formats } from './mutant-formats.mjs';
import { mutate } from './mutate.mjs';

let work;

async function prepare({ name, folder }) {
  const { readFile } = await import('node:fs/promises');
  const format = formats[name];
  await format.make(folder);
  const path = join(folder, format.file);
  const whole = await readFile(path);
  const right = await format.read(folder);
  return { ...format, folder, path, whole, right };
}

/** What was read, beside what is right. */
function compare(got, { whole, bytes }) {
  const { right, isEarlier } = work;
  if (JSON.stringify(got) === JSON.stringify(right)) return 'same';
  if (isEarlier?.(right, got)) return 'an earlier state';
  return bytes.equals(whole) ? 'wrong though whole' : 'other numbers';
}

/** `same`, `an earlier state`, `other numbers`, `one line`, or what is wrong. */
async function outcomeOf(seed) {
  const { kind, folder, path, whole, read, make, isOurs } = work;
  const bytes = mutate(whole, seed, kind);
  if (isOurs) await make(folder).catch(() => undefined); // what a loader healed or removed is there again
  await writeFile(path, bytes);
  try {
    return compare(await read(folder), { whole, bytes });
  } catch (error) {
    const { name, message } = error;
    if (name !== 'UserError') return `trace: ${String(error.stack).split('\n').slice(0, 3).join(' ')}`;
    return message.length < 3000 && message.split('\n').length <= 11
      ? 'one line'
      : `long message: ${message.length} characters`;
  } finally {
    await writeFile(path, whole);
  }
}

process.on('message', async (message) => {
  if (message.name !== undefined) {
    work = await prepare(message);
    process.send({ ready: true });
    return;
  }
  const outcome = await outcomeOf(message.seed);
  process.send({ outcome, kilobytes: process.resourceUsage().maxRSS });
});
