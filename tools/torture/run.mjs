// Breaks the command line in every way that anyone thought of, and counts what came of it (docs/reliability.md).
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { interrupted } from './support/repeat.mjs';

const names = (await readdir(import.meta.dirname))
  .filter((name) => name.endsWith('.mjs') && name !== 'run.mjs')
  .map((name) => name.slice(0, -'.mjs'.length))
  .sort();

const usage = `Usage: npm run torture -- [options]
  --seconds=60      about how long each trial goes on
  --trials=N        how many of each trial, if that is sooner
  --seed=1          another seed breaks other things
  --only=NAME,...   ${names.join(', ')}; a part of one: kills/report
  --hub=DIR         real data and models, in the hub's layout
Exit code 1: something failed. Ctrl-C shows the counts so far.`;

function refuse(line) {
  console.error(`${line}\n${usage}`);
  process.exit(1);
}

function parseOptions() {
  const text = { type: 'string' };
  try {
    return parseArgs({
      options: {
        seconds: { ...text, default: '60' },
        seed: { ...text, default: '1' },
        ...{ trials: text, only: text, hub: text, help: { type: 'boolean' } },
      },
    }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

const options = parseOptions();
if (options.help) {
  console.log(usage);
  process.exit(0);
}

function wholeNumber(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value > 0) return value;
  return refuse(`--${name}: expected a positive whole number, got ${options[name]}.`);
}

/** The trials by the names that were given: `kills`, or `kills/report` for a part of it. */
async function chosenTrials() {
  const chosen = [];
  for (const words of options.only?.split(',') ?? names) {
    const [name, part] = words.split('/');
    if (!names.includes(name)) refuse(`--only: expected ${names.join(', ')}, got ${words}.`);
    const { default: trial } = await import(`./${name}.mjs`);
    if (part !== undefined && !trial.parts?.includes(part))
      refuse(`--only: expected ${trial.parts?.join(', ') ?? 'no part'} of ${name}, got ${words}.`);
    chosen.push({ name: words, part, ...trial });
  }
  return chosen;
}

const settings = {
  seconds: wholeNumber('seconds'),
  seed: wholeNumber('seed'),
  ...(options.trials === undefined ? {} : { trials: wholeNumber('trials') }),
  ...(options.hub === undefined ? {} : { hub: resolve(options.hub) }),
  log: (line) => process.stderr.write(`${line}\n`),
};

const results = [];
for (const { name, part, title, run } of await chosenTrials()) {
  if (interrupted()) break;
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-torture-'));
  settings.log(`${name}: ${title}`);
  try {
    results.push({ name, title, ...(await run({ ...settings, part, folder })) });
  } catch (error) {
    results.push({ name, title, trials: 0, outcomes: {}, failures: [`broke off: ${error.stack}`] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

console.log(`| trial | what | trials | outcomes | failures |\n| --- | --- | ---: | --- | ---: |`);
for (const { name, title, trials, outcomes, failures } of results) {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`| ${name} | ${title} | ${trials} | ${counts.join('; ')} | ${failures.length} |`);
}
const failures = results.flatMap(({ name, failures: lines }) => lines.map((line) => `${name}: ${line}`));
for (const line of failures) console.error(line);
process.exitCode = failures.length === 0 ? 0 : 1;
