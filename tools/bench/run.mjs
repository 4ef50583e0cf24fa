// Steps of this project beside PyTorch's, in turns, in one run. Prints every figure and writes those of all rows to
// docs/performance.md's tables with --write.
//
//   npm run bench -- [--case NAME,...] [--repeats 5] [--threads 2] [--python PATH] [--compile] [--write]
//   npm run bench -- --gate      this commit against the recorded ratio to a loop of matrix products; no PyTorch
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases } from './cases.mjs';
import { checkGate } from './gate.mjs';
import { startOurs, startPytorch, takeTurns } from './measure.mjs';
import { writePage } from './page.mjs';
import { fastMkl, pytorchRivals, pytorchVersions } from './rivals.mjs';
import { median, spread } from './statistics.mjs';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: Object.keys(cases).join() },
    repeats: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: 'python3' },
    compile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));

function fail(message) {
  console.error(message);
  process.exit(1);
}

function wholeNumber(name) {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < 1)
    fail(`--${name}: expected a positive whole number, got ${options[name]}.`);
  return value;
}

const [repeats, threads] = [wholeNumber('repeats'), wholeNumber('threads')];
const names = options.case.split(',');
for (const name of names)
  if (!(name in cases)) fail(`--case: expected some of ${Object.keys(cases).join(', ')}, got ${name}.`);

const build = spawnSync('npx', ['tsc', '--build', 'packages/training'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) fail('The packages do not compile.');
if (options.gate) process.exit((await checkGate({ threads, repeats })) ? 0 : 1);

const versions = pytorchVersions(options.python);
const library = versions === null ? null : fastMkl();
const machine =
  `${cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ` +
  `Node ${process.version}, ${versions ?? 'no PyTorch'}`;
console.log(machine);
if (versions === null)
  console.log(
    `${options.python} has no torch and transformers: this project runs alone. Name another by --python.`,
  );

/** One row: this project beside each rival, each pair of processes by itself so that memory suffices. */
async function measureRow(name) {
  const { title, ...settings } = { ...cases[name], threads };
  console.log(`\n${title}`);
  const rivals = versions === null ? [] : pytorchRivals(library, options.compile);
  const results = [];
  for (const rival of rivals.length === 0 ? [null] : rivals) {
    const ours = startOurs(settings);
    const other = rival === null ? ours : startPytorch(options.python, settings, rival);
    try {
      const pairs = await takeTurns(ours, other, { warmUps: 2, repeats });
      const result = {
        rival: rival?.name ?? null,
        ours: pairs.map(([step]) => step),
        theirs: rival === null ? [] : pairs.map(([, step]) => step),
      };
      results.push(result);
      console.log(describe(result));
    } catch (error) {
      console.log(`  ${rival?.name ?? 'this project'}: ${error.message}`);
    } finally {
      ours.end();
      other.end();
    }
  }
  return { name, title, results };
}

function describe({ rival, ours, theirs }) {
  const seconds = (steps) => spread(steps.map((step) => step.seconds));
  const peak = (steps) => `${Math.max(...steps.map((step) => step.peak)).toFixed(1)} GB`;
  const alone = `  this project ${seconds(ours)} s, ${peak(ours)}`;
  if (rival === null) return alone;
  const ratios = ours.map((step, index) => theirs[index].seconds / step.seconds);
  return `${alone}; ${rival} ${seconds(theirs)} s, ${peak(theirs)}: ${median(ratios).toFixed(2)} times as fast`;
}

const rows = [];
for (const name of names) rows.push(await measureRow(name));
if (options.write) writePage(root, { machine, repeats, rows });
