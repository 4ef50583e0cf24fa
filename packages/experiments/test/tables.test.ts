import { type Experiment, loadExperiment, type Plan, tableNames } from '@im-bert/experiments';
import { solveOf, solverEvaluations } from '@im-bert/models';
import { paperRow } from '@im-bert/report';
import { modelCost } from '../src/results/model-cost.ts';
import { planOf } from './support/plans.ts';

const names = await tableNames();
const profiles = ['quick', 'small', 'paper'] as const;

async function plan(name: string, profile: string): Promise<Plan> {
  return planOf(await loadExperiment(name, profile));
}

/** The ids of a row's cells on a task, seed by seed. */
function ids({ cells }: Plan, row: string, task = 'sst2'): string[] {
  return cells.filter((cell) => cell.row === row && cell.task === task).map(({ id }) => id);
}

function referencesOf({ rows, published }: Experiment) {
  return [...published, ...Object.values(rows).flatMap(({ paper, paperTest }) => [paper, paperTest])].flatMap(
    (reference) => reference ?? [],
  );
}

test('the package comes with the six tables, the solvers and the ablations', () => {
  expect(names).toEqual([
    ...['dropout', 'gradient', 'iterations', 'mask-residual', 'phi', 'solver', 'step-size'].map(
      (name) => `ablations/${name}`,
    ),
    'ablations/theta',
    'ablations/theta-attack',
    'solvers',
    ...[1, 2, 3, 4, 5, 6].map((number) => `table${number}`),
  ]);
});

test.each(names.flatMap((name) => profiles.map((profile) => ({ name, profile }))))(
  '$name can be planned in $profile: rows of known layers, rows of the paper that there are',
  async ({ name, profile }) => {
    const { cells, loaded } = await plan(name, profile);
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expect(cell.seconds).toBeGreaterThan(0);
    const { source } = loaded.experiment.data;
    expect(source).toBe(profile === 'quick' ? 'embedded' : 'hub');
    for (const reference of referencesOf(loaded.experiment))
      expect(paperRow(reference).name).toBe(reference.row);
  },
);

test.each(['small', 'paper'])(
  'cells that tables share are one cell in %s, whatever title, row and table',
  async (profile) => {
    const [one, two, three, six] = await Promise.all(
      ['table1', 'table2', 'table3', 'table6'].map(async (name) => plan(name, profile)),
    );
    if (!one || !two || !three || !six) throw new Error('four plans');
    expect(ids(one, 'BERT')).toHaveLength(3);
    expect(ids(three, 'BERT')).toEqual(ids(one, 'BERT'));
    expect(ids(six, 'BERT')).toEqual(ids(one, 'BERT'));
    expect(ids(three, 'IM-BERT')).toEqual(ids(one, 'IM-BERT'));
    expect(ids(six, 'IM-BERT (All)')).toEqual(ids(one, 'IM-BERT'));
    expect(ids(six, 'IM-BERT (4-6)')).toEqual(ids(three, 'Layer (4-6)'));
    expect(ids(six, 'SMART-BERT')).toEqual(ids(one, 'SMART'));
    // 1,000 examples are all that the small Table 1 has
    const isSame = profile === 'small';
    expect(ids(two, 'BERT, 1000').join() === ids(one, 'BERT').join()).toBe(isSame);
    expect(ids(two, 'BERT, 500')).not.toEqual(ids(two, 'BERT, 1000'));
  },
);

test("layer groups are scaled to the encoder's depth, and say so", async () => {
  const notes = async (profile: string): Promise<(string | undefined)[]> =>
    (await plan('table3', profile)).rows.map(({ note }) => note);
  expect((await notes('small')).slice(1, 3)).toEqual([
    'layers 1-2 of 6, for 1-3 of 12',
    'layers 2-3 of 6, for 4-6 of 12',
  ]);
  expect(await notes('paper')).toEqual(new Array(6).fill(undefined));
});

test('Table 2 samples 500 and 1,000 examples, and each row is compared with the BERT of its own', async () => {
  const { rows, cells } = await plan('table2', 'paper');
  expect(new Set(cells.map(({ spec }) => spec.data.train))).toEqual(new Set([1000, 500]));
  for (const { spec, name } of rows)
    expect(spec.baseline).toBe(`BERT, ${name.endsWith('1000') ? 1000 : 500}`);
});

test.each(['table3', 'table5', 'table6'])("%s: FLOPs are the paper's in the paper's size", async (name) => {
  for (const row of (await plan(name, 'paper')).rows) {
    const { paper, training } = row.spec;
    const printed = paper === undefined ? undefined : paperRow(paper).gflops;
    if (printed === undefined || training !== undefined) continue; // SMART: the paper counts its training
    expect({ row: row.name, error: Math.abs(modelCost(row).gflops - printed) < 0.011 }).toEqual({
      row: row.name,
      error: true,
    });
  }
});

test('every row of the solvers costs ten evaluations, or nine', async () => {
  const { rows } = await plan('solvers', 'small');
  const costs = rows.flatMap(({ name, connection }) => {
    const solve = solveOf(connection);
    if (solve === undefined) return [];
    const { phi, products } = solverEvaluations(solve.solver);
    return [[name, phi + products]] as const;
  });
  expect(Object.fromEntries(costs)).toEqual({
    ...Object.fromEntries(costs.map(([name]) => [name, 10])),
    'Descent, Cauchy': 9,
  });
});
