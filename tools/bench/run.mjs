// Steps of this project beside PyTorch's, in turns, in one run. Prints every figure and writes them to
// docs/performance.md's table with --write.
//
//   npm run bench -- [--case NAME,...] [--repeats 5] [--threads 2] [--python PATH] [--compile] [--write]
//   npm run bench -- --gate      this commit against the recorded ratio to a loop of matrix products; no PyTorch
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases } from './cases.mjs';
import { checkGate } from './gate.mjs';
import { startOurs, startRival, takeTurns } from './measure.mjs';
import { writePage } from './page.mjs';
import { fastMkl, pytorchRivals, pytorchVersions, tfjsWasm } from './rivals.mjs';
import { ratio, summary } from './statistics.mjs';

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
  const { title, besideTfjs, ...settings } = { ...cases[name], threads };
  console.log(`\n${title}`);
  const rivals =
    versions === null ? [] : pytorchRivals(library, options.compile && settings.connection === undefined);
  if (besideTfjs) rivals.push(tfjsWasm);
  const results = [];
  for (const rival of rivals.length === 0 ? [null] : rivals) {
    const ours = startOurs(settings);
    const other = rival === null ? ours : startRival(options.python, settings, rival);
    try {
      const turns = rival?.wasm ? { warmUps: 1, repeats: 1 } : { warmUps: 2, repeats };
      const warm = await takeTurns(ours, other, turns);
      const result = {
        rival: rival?.name ?? null,
        ours: warm.map(([step]) => step),
        theirs: rival === null ? [] : warm.map(([, step]) => step),
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
  const { seconds, optimizer, peak } = summary(ours);
  const alone = `  this project ${seconds} s (optimizer ${optimizer} %), ${peak} GB`;
  if (rival === null) return alone;
  const other = summary(theirs);
  return `${alone}; ${rival} ${other.seconds} s, ${other.peak} GB: ${ratio(ours, theirs)} times as fast`;
}

const rows = [];
for (const name of names) rows.push(await measureRow(name));
const titles = Object.values(cases).map(({ title }) => title);
if (options.write) writePage(root, { machine, rows, titles });
