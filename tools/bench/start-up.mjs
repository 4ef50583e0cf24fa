// Seconds from starting a command to its first result, the machine otherwise idle:
//   node tools/bench/start-up.mjs [base]      build first (npm run build); `base` adds the deep solves of BERT-base
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.mjs';
import { startOurs } from './measure.mjs';
import { median } from './statistics.mjs';

const command = fileURLToPath(new URL('../../packages/experiments/bin/im-bert.js', import.meta.url));
for (const options of [['table1'], ['--all']]) {
  const seconds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [command, 'plan', ...options], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - start) / 1000;
  });
  console.log(`im-bert plan ${options.join(' ')}: ${median(seconds).toFixed(2)} s`);
}

/** All that comes before a second step would run: modules, weights, compilation, the first step itself. */
async function firstSteps(title, settings) {
  const stepper = startOurs({ ...settings, threads: 2 });
  const [first, second] = [await stepper.step(), await stepper.step()];
  stepper.end();
  console.log(
    `${title}: first step ${first.sinceStart.toFixed(1)} s after the start; it took ${first.seconds.toFixed(1)} s, ` +
      `the second ${second.seconds.toFixed(1)} s, peak ${second.peak.toFixed(1)} GB`,
  );
}

await firstSteps('12 layers of 384, train', cases['small-train']);
if (process.argv[2] === 'base')
  for (const [name, iterations] of [
    ['all-detached', 5],
    ['all-unrolled', 5],
    ['all-detached', 15],
    ['all-unrolled', 15],
  ]) {
    const { connection, ...settings } = cases[name];
    const solver = { ...connection.solver, iterations };
    await firstSteps(`BERT-base, IM T = ${iterations} on all layers, ${connection.gradient.name}, train`, {
      ...settings,
      ...{ sizes: cases['base-train'].sizes, connection: { ...connection, solver } },
    });
  }
