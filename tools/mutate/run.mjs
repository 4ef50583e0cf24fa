// Mutation run over the numerical code: npm run mutate [-- AREA ...]. Changes sources in place, one mutant at a time, and
// puts them back; run it in a checkout that nobody edits. Takes hours for all areas. Prints survivors, then the scores.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** What is mutated, and the tests that are about it. A hot loop is slow under mutation: random numbers take hours. */
const areas = {
  statistics: {
    package: 'core',
    sources: ['statistics.ts', 'metrics.ts', 'predicted-class.ts'],
    tests: ['statistics', 'statistics-reference', 'metrics', 'predicted-class'],
  },
  random: { package: 'core', sources: ['random.ts', 'paired-bootstrap.ts'], tests: ['random', 'statistics'] },
  simplify: { package: 'jit', sources: ['simplify/*.ts'], tests: ['simplify'] },
  derivatives: { package: 'jit', sources: ['gradients/*.ts'], tests: ['gradients', 'ops'] },
  optimizer: {
    package: 'training',
    sources: ['schedule.ts', 'adam.ts', 'step.ts'],
    tests: ['schedule', 'adam', 'step', 'train'],
  },
  objectives: {
    package: 'training',
    sources: ['objectives/*.ts'],
    tests: ['objectives', 'objectives-pytorch'],
  },
  search: {
    package: 'attacks',
    sources: ['search/*.ts'],
    tests: ['search', 'run-attacks', 'recipes', 'textfooler-original', 'checklist'],
  },
  solvers: {
    package: 'models',
    sources: ['solvers/**/*.ts'],
    tests: ['linear-layers', 'convergence', 'connection-gradients'],
  },
  connections: {
    package: 'models',
    sources: ['gradients/*.ts', 'connections/*.ts'],
    tests: ['linear-layers', 'connection-gradients', 'connection-spec'],
  },
};

const hooks = new URL('../jest/typescript-hooks.mjs', import.meta.url).href;
const caught = ['Killed', 'Timeout'];
const counted = [...caught, 'Survived', 'NoCoverage'];

async function mutate(area) {
  const { package: name, sources, tests } = areas[area];
  const stryker = new Stryker({
    inPlace: true, // packages are linked into node_modules: a copy would test the original
    mutate: sources.map((path) => `packages/${name}/src/${path}`),
    mutator: { excludedMutations: ['StringLiteral'] }, // texts of messages and descriptions
    plugins: ['circus-runner.mjs', 'sample.mjs'].map((file) => fileURLToPath(new URL(file, import.meta.url))),
    testRunner: 'circus',
    checkers: ['sample'],
    sampleEvery: every,
    testRunnerNodeArgs: ['--conditions=@im-bert/source', '--import', hooks],
    testFilesOfArea: tests.map((test) => resolve('packages', name, 'test', `${test}.test.ts`)),
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 15_000,
    reporters: ['clear-text'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
    disableTypeChecks: false,
  });
  const results = (await stryker.runMutationTest()).filter(
    ({ id, status }) => Number(id) % every === 0 && counted.includes(status),
  );
  const killed = results.filter(({ status }) => caught.includes(status)).length;
  return { area, mutants: results.length, killed };
}

const { values, positionals: wanted } = parseArgs({
  options: { every: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const every = Number(values.every);
const unknown = wanted.find((area) => !(area in areas));
if (unknown !== undefined) {
  console.error(`mutate: expected ${Object.keys(areas).join(', ')}, got ${unknown}.`);
  process.exit(1);
}
const scores = [];
for (const area of wanted.length === 0 ? Object.keys(areas) : wanted) scores.push(await mutate(area));
for (const { area, mutants, killed } of scores)
  console.log(`${area}: ${killed} of ${mutants} mutants killed, ${((100 * killed) / mutants).toFixed(1)} %`);
