// Training steps of this project beside PyTorch's (f32, eager, sdpa, fused Adam), taking turns in one run, so that
// whatever else the machine does hits both. The figure is the ratio of each pair of steps.
//
//   npm run bench -- [--case bert-base] [--repeats 5] [--threads 2] [--mode auto] [--python PATH]
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases } from './cases.mjs';
import { startStepper } from './stepper.mjs';

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', default: 'bert-base' },
    repeats: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(availableParallelism()) },
    mode: { type: 'string', default: 'auto' },
    python: { type: 'string', default: 'python3' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The versions of PyTorch and transformers in that Python, or null. */
function pytorchVersions(python) {
  const probe =
    'import torch, transformers; print(f"PyTorch {torch.__version__}, transformers {transformers.__version__}")';
  const { status, stdout } = spawnSync(python, ['-c', probe], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

function spread(values) {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}

function report(name, steps) {
  const seconds = steps.map((step) => step.seconds);
  const share = median(steps.map((step) => step.optimizer / step.seconds));
  console.log(
    `${name.padEnd(12)} ${spread(seconds)} s a step, ${(100 * share).toFixed(1)} % of it the optimizer, ` +
      `peak memory ${Math.max(...steps.map(({ peak }) => peak)).toFixed(1)} GB`,
  );
}

const sizes = cases[options.case];
if (sizes === undefined)
  fail(`--case: expected one of ${Object.keys(cases).join(', ')}, got ${options.case}.`);
const repeats = Number(options.repeats);
if (!Number.isInteger(repeats) || repeats < 1)
  fail(`--repeats: expected a positive whole number, got ${options.repeats}.`);
const settings = JSON.stringify({ ...sizes, threads: Number(options.threads), mode: options.mode });

const build = spawnSync('npx', ['tsc', '--build', 'packages/training'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) fail('The packages do not compile.');
const versions = pytorchVersions(options.python);
console.log(`${options.case}: ${settings}`);
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${versions ?? 'no PyTorch'}`,
);
if (versions === null)
  console.log(
    `${options.python} has no torch and transformers: this project runs alone. Name another by --python.`,
  );

const ours = startStepper(process.execPath, [script('ours.mjs'), settings]);
const theirs = versions === null ? null : startStepper(options.python, [script('pytorch_step.py'), settings]);
for (let warmUp = 0; warmUp < 2; warmUp++) {
  await ours.step();
  await theirs?.step();
}
const pairs = [];
for (let repeat = 0; repeat < repeats; repeat++) {
  const pair = { ours: await ours.step(), theirs: (await theirs?.step()) ?? null };
  pairs.push(pair);
  const rival = pair.theirs === null ? '' : `, PyTorch ${pair.theirs.seconds.toFixed(2)} s`;
  console.log(`step ${repeat + 1}: this project ${pair.ours.seconds.toFixed(2)} s${rival}`);
}
ours.end();
theirs?.end();
report(
  'this project',
  pairs.map((pair) => pair.ours),
);
if (theirs !== null) {
  report(
    'PyTorch',
    pairs.map((pair) => pair.theirs),
  );
  const ratios = (figure) => spread(pairs.map(({ ours: a, theirs: b }) => b[figure] / a[figure]));
  console.log(
    `PyTorch's time / ours, by pair: ${ratios('seconds')}; of processor time: ${ratios('processor')}`,
  );
}
