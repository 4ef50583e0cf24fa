import { join } from 'node:path';
import { loadExperiment, type Plan, type PlanContext, RunStore } from '@im-bert/experiments';
import { commandLine, defaults, unlimited } from '../src/commands/options.ts';
import { plansText, planText } from '../src/commands/plan.ts';
import { measurements } from '../src/measurements/measurements.ts';
import { subjectId } from '../src/measurements/measurement.ts';
import { secondsToRun, withinBudget } from '../src/plan/budget.ts';
import { trainingFlops } from '../src/plan/cost.ts';
import { tinyTable, withFiles } from './support/files.ts';
import { finishCell, finishPlan as finish, planOf as planLoaded } from './support/plans.ts';

async function planOf(yaml: string, store?: RunStore, changes: Partial<PlanContext> = {}): Promise<Plan> {
  return withFiles({ 'table.yaml': yaml }, async (folder) =>
    planLoaded(await loadExperiment(join(folder, 'table.yaml'), 'quick'), store, changes),
  );
}

async function withStore<Result>(body: (store: RunStore) => Promise<Result>): Promise<Result> {
  return withFiles({}, async (folder) => {
    const store = await RunStore.open(join(folder, 'runs.duckdb'));
    try {
      return await body(store);
    } finally {
      store.close();
    }
  });
}

function whys(plan: Plan): string[] {
  return plan.cells.map(({ standing }) => (standing.state === 'done' ? 'done' : standing.why));
}

test.each([
  ['another title', tinyTable.replace('title: Tiny', 'title: Small')],
  ['a comment', tinyTable.replace('rows:', '# rows\nrows:')],
  ['a default written out', tinyTable.replace('epochs: 1', 'epochs: 1, batchSize: 16')],
  ['another name of a row', tinyTable.replace('IM-BERT:', 'IM:')],
  ['another spelling of the same layers', tinyTable.replace('kind: implicit', 'kind: implicit, layers: 1-2')],
])('%s does not change the cells', async (_name, yaml) => {
  const ids = (plan: Plan): string[] => plan.cells.map(({ id }) => id);
  expect(ids(await planOf(yaml))).toEqual(ids(await planOf(tinyTable)));
});

test('what decides the numbers changes the cell: recipe, connection, seed, data', async () => {
  const first = (plan: Plan): string | undefined => plan.cells.at(-1)?.id;
  const before = first(await planOf(tinyTable));
  const others = [
    planOf(tinyTable.replace('epochs: 1', 'epochs: 2')),
    planOf(tinyTable.replace('stepSize: 0.1', 'stepSize: 0.2')),
    planOf(tinyTable.replace('seeds: 1', 'seeds: [2]')),
    planOf(tinyTable.replace('train: 100', 'train: 200')),
    planOf(tinyTable, undefined, { digest: () => 'data-2' }),
  ];
  const ids = (await Promise.all(others)).map(first);
  expect(new Set([before, ...ids]).size).toBe(ids.length + 1);
});

test('a cell that ran is done; after a change the plan says what changed', async () => {
  await withStore(async (store) => {
    await finish(store, await planOf(tinyTable));
    expect(whys(await planOf(tinyTable, store))).toEqual(['done', 'done']);
    const changed = await planOf(
      tinyTable.replace('epochs: 1', 'epochs: 2').replace('iterations: 2', 'iterations: 3'),
      store,
    );
    expect(whys(changed)).toEqual([
      'training.epochs was 1, is 2',
      'connection.solver.iterations was 2, is 3; training.epochs was 1, is 2',
    ]);
    expect(whys(await planOf(tinyTable, store, { digest: () => 'data-2' }))).toEqual([
      'its data changed',
      'its data changed',
    ]);
  });
});

test('the plan tells cells that never ran from failed and interrupted ones', async () => {
  await withStore(async (store) => {
    const plan = await planOf(tinyTable);
    await finish(store, plan);
    const [bert, im] = plan.cells;
    await store.abandonTraining(bert?.model ?? '', 'failed', 'out of memory', 1);
    await store.abandonTraining(im?.model ?? '', 'interrupted', null, 1);
    expect(whys(await planOf(tinyTable, store))).toEqual([
      'failed: out of memory',
      'interrupted; goes on from its checkpoint',
    ]);
    expect(whys(await planOf(tinyTable.replace('seeds: 1', 'seeds: [9]'), store))).toEqual([
      'never run',
      'never run',
    ]);
    expect(whys(await planOf(tinyTable, store, { digest: () => '' }))).toContain(
      'its data is not loaded yet',
    );
  });
});

test('the cost follows the measured pace of this machine', async () => {
  await withStore(async (store) => {
    const plan = await planOf(tinyTable);
    await finish(store, plan, 100);
    const again = await planOf(tinyTable, store, { isKept: () => false, digest: () => 'data-2' });
    const sum = (cells: Plan['cells']): number => cells.reduce((total, { seconds }) => total + seconds, 0);
    const stages = again.cells.flatMap((cell) => cell.stages).filter(({ name }) => name === 'training');
    expect(stages.reduce((total, { seconds }) => total + seconds, 0)).toBeCloseTo(200, 6);
    expect(sum(again.cells)).toBeGreaterThan(400);
    expect(sum(plan.cells)).toBeLessThan(10);
  });
});

// Seconds of `im-bert run table1 --tasks=sst2 --seeds=1 --threads=1` (all stages of its cells) and of docs/results.
test.each([
  ['table1', 'quick', 18.7],
  ['table1', 'small', 43 * 60],
  ['table2', 'small', 65 * 60],
  ['table6', 'small', 85 * 60],
  ['table5', 'small', 128 * 60],
])(
  'without a run to go by, the cost of %s, %s, is within a factor of two',
  async (name, profile, seconds) => {
    const plan = await planLoaded(await loadExperiment(name, profile));
    const seeds = name === 'table6' ? Infinity : 1; // the others' times are of one seed
    const ran = plan.cells.filter(
      ({ task, seed }) => (task === 'sst2' || name === 'table5') && seed <= seeds,
    );
    expect(plan.isMeasured).toBe(false);
    const ratio = secondsToRun(ran) / seconds;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  },
);

test('after a run the plan no longer says that its cost is an estimate without one', async () => {
  await withStore(async (store) => {
    const plan = await planOf(tinyTable);
    expect(planText(plan).at(-1)).toContain('no run measured on this machine yet');
    await finish(store, plan);
    const changed = await planOf(tinyTable.replace('epochs: 1', 'epochs: 2'), store);
    expect(planText(changed).at(-1)).toMatch(/2 to run: about [\d.]+ s\.$/);
  });
});

test('an implicit layer by descent costs more than one by Anderson, and both more than none', async () => {
  const flops = async (connection: string): Promise<number> => {
    const [cell] = (await planOf(tinyTable.replace('kind: monotone', connection))).cells;
    return cell === undefined ? NaN : trainingFlops(cell.spec);
  };
  const none = await flops('kind: monotone');
  const anderson = await flops(
    'kind: implicit, solver: { name: anderson, iterations: 5 }, gradient: { name: detached }',
  );
  const descent = await flops('kind: implicit, solver: { name: gradient-descent, iterations: 5 }');
  expect(none).toBeLessThan(anderson);
  expect(anderson).toBeLessThan(descent);
});

test('a budget leaves out the cells that do not fit, and names them', async () => {
  const plan = await planOf(tinyTable);
  const [bert, im] = plan.cells;
  if (bert === undefined || im === undefined) throw new Error('two cells');
  const cells = withinBudget([bert, { ...im, seconds: 3600 }], 60);
  expect(cells.map(({ standing }) => standing.state)).toEqual(['stale', 'postponed']);
  expect(secondsToRun(cells)).toBe(bert.seconds);
  const text = planText({ ...plan, cells });
  expect(text[2]).toContain('left out: beyond the budget of 1 min');
  expect(text.at(-1)).toMatch(
    /^2 cells, 0 done, 1 to run: about [\d.]+ s \(estimate, no run measured on this machine yet\), 1 left out\.$/,
  );
});

test('a cell that stands in two tables is planned and paid once', async () => {
  const plan = await planOf(tinyTable);
  const other = { ...plan, loaded: { ...plan.loaded, name: 'other' } };
  const lines = plansText([plan, other]);
  expect(lines.filter((line) => line.includes('as in table'))).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^quick: 4 places, 2 cells, 0 done, 2 to run/);
});

test('iterations at test time make another cell of the same trained model, if they are other iterations', async () => {
  const last = async (yaml: string) => {
    const cell = (await planOf(yaml)).cells.at(-1);
    if (cell === undefined) throw new Error('no cell');
    return cell;
  };
  const evaluated = tinyTable.replace('IM-BERT:', 'IM-BERT:\n    evaluate: { iterations: 7 }');
  const [as, other, same] = [
    await last(tinyTable),
    await last(evaluated),
    await last(evaluated.replace('iterations: 7', 'iterations: 2')),
  ];
  expect(other.id).not.toBe(as.id);
  expect(other.model).toBe(as.model);
  expect(same.id).toBe(as.id);
});

test('what was never measured, failed or was measured by an older version is due on kept models without training', async () => {
  await withStore(async (store) => {
    const [bert, im] = (await planOf(tinyTable)).cells;
    if (bert === undefined || im === undefined) throw new Error('two cells');
    await finishCell(store, bert);
    await finishCell(store, im, { without: ['drift'] });
    const { drift } = measurements;
    const of = (cell: typeof bert) => ({
      ...{ subject: subjectId(cell, drift), model: cell.model, seconds: 1, flops: 1, machine: 'm' },
    });
    await store.keepFailure(drift, of(bert), 'out of memory');
    const plan = await planOf(tinyTable, store);
    expect(whys(plan)).toEqual(['drift failed: out of memory', 'drift was never measured on this model']);
    expect(plan.cells.map(({ stages }) => stages.map(({ name }) => name))).toEqual([['drift'], ['drift']]);
    await store.keep({ ...drift, version: 0 }, of(im), []);
    expect(whys(await planOf(tinyTable, store))[1]).toBe('drift was measured by version 0, is 1');
  });
});

test('a model whose weights are gone keeps its results, and is trained again only for something new', async () => {
  await withStore(async (store) => {
    const [bert, im] = (await planOf(tinyTable)).cells;
    if (bert === undefined || im === undefined) throw new Error('two cells');
    await finishCell(store, bert, { without: ['drift'] });
    await finishCell(store, im);
    const isKept = () => false;
    const [again, done] = (await planOf(tinyTable, store, { isKept })).cells;
    expect(done?.standing).toEqual({ state: 'done' });
    expect(again?.standing).toEqual({
      state: 'stale',
      why: 'drift was never measured on this model; its weights are gone, so it is trained again',
    });
    expect(again?.stages.map(({ name }) => name)).toEqual(['training', 'drift']);
  });
});

test('other bytes of pretrained weights make another model, and absent ones are named', async () => {
  const yaml = tinyTable.replace(
    'from: scratch, family: bert, layers: 2, width: 16, heads: 2',
    'from: hub, model: tiny/bert, layers: 2, width: 16',
  );
  const ids = async (hash: string) =>
    (await planOf(yaml, undefined, { pretrained: () => hash })).cells.map(({ model }) => model);
  expect(await ids('a')).not.toEqual(await ids('b'));
  expect(whys(await planOf(yaml, undefined, { pretrained: () => '' }))).toContain(
    'its pretrained weights are not here yet',
  );
});

test("the engine is part of a cell that uses the paper's descent, and of no other", async () => {
  const ids = async (yaml: string, name: 'onnx' | 'tfjs') =>
    (await planOf(yaml, undefined, { engine: { name, version: '1' } })).cells.map(({ id }) => id);
  const [onnx, tfjs] = [await ids(tinyTable, 'onnx'), await ids(tinyTable, 'tfjs')];
  expect(tfjs[0]).toBe(onnx[0]);
  expect(tfjs[1]).not.toBe(onnx[1]);
  const anderson = tinyTable.replace(
    'name: gradient-descent, iterations: 2, stepSize: 0.1',
    'name: anderson',
  );
  expect(await ids(anderson, 'tfjs')).toEqual(await ids(anderson, 'onnx'));
});

test('a plan shows no ids before the data is loaded, since they would change, and says what a run of weeks needs', async () => {
  const plan = await planOf(tinyTable, undefined, { digest: () => '' });
  expect(planText(plan)[1]).toMatch(/^- +BERT/);
  const cells = plan.cells.map((cell) => ({ ...cell, seconds: 30 * 86_400 }));
  expect(planText({ ...plan, cells }).at(-1)).toMatch(/^That is 60 days of this machine, .*no GPU is used\./);
});

test("a report's advice has no budget, under which a cell might never fit", () => {
  const options = { profile: 'small', runs: 'runs', budget: '1', engine: 'onnx' } as const;
  expect(commandLine('run', 'table1', options)).toContain('--budget=1');
  expect(commandLine('run', 'table1', unlimited(options))).toBe('npx im-bert run table1 --profile=small');
});

test('a printed command asks for the same again: engine and size to keep too, and no default', () => {
  const options = { ...defaults, profile: 'quick', threads: '1', keep: '5GB', engine: 'tfjs' } as const;
  expect(commandLine('run', 'table1', options)).toBe(
    'npx im-bert run table1 --profile=quick --threads=1 --engine=tfjs --keep=5GB',
  );
  // `plan` has no --threads and no --keep
  expect(commandLine('plan', 'table1', options)).toBe(
    'npx im-bert plan table1 --profile=quick --engine=tfjs',
  );
  expect(commandLine('run', 'table1', { ...defaults, profile: 'quick' })).toBe(
    'npx im-bert run table1 --profile=quick',
  );
});
