// Breaks the command line in every way that anyone thought of, and counts what came of it (docs/reliability.md).
//
//   npm run torture -- [--seconds 60] [--trials N] [--seed 1] [--only NAME,...] [--hub DIR]
//
// Each trial lasts about --seconds, or less once it has done --trials. The exit code is 1 if anything failed.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    trials: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    hub: { type: 'string' },
  },
});

function wholeNumber(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive whole number, got ${options[name]}.`);
  process.exit(1);
}

const names = (await readdir(import.meta.dirname))
  .filter((name) => name.endsWith('.mjs') && name !== 'run.mjs')
  .map((name) => name.slice(0, -'.mjs'.length))
  .sort();
const chosen = options.only?.split(',') ?? names;
for (const name of chosen)
  if (!names.includes(name)) {
    console.error(`--only: expected ${names.join(', ')}, got ${name}.`);
    process.exit(1);
  }
const settings = {
  seconds: wholeNumber('seconds'),
  seed: wholeNumber('seed'),
  ...(options.trials === undefined ? {} : { trials: wholeNumber('trials') }),
  ...(options.hub === undefined ? {} : { hub: resolve(options.hub) }),
  log: (line) => process.stderr.write(`${line}\n`),
};

const results = [];
for (const name of chosen) {
  const { title, run } = (await import(`./${name}.mjs`)).default;
  const folder = await mkdtemp(join(tmpdir(), `im-bert-torture-${name}-`));
  settings.log(`${name}: ${title}`);
  try {
    results.push({ name, title, ...(await run({ ...settings, folder })) });
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
