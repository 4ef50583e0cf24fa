import { join } from 'node:path';
import { loadExperiment, type Plan, RunStore } from '@im-bert/experiments';
import { renderReport } from '@im-bert/report';
import { subjectId } from '../src/measurements/measurement.ts';
import { measurements, measurementsFor, type RowOf } from '../src/measurements/measurements.ts';
import { slotsOf } from '../src/plan/plan.ts';
import { reportInput } from '../src/results/report-input.ts';
import { tinyTable, withFiles } from './support/files.ts';
import { finishCell, planOf, startTraining } from './support/plans.ts';

type Prediction = RowOf<'predictions'>;

/** Ten clean and ten adversarial examples, of which the model gets so many right, and one row of all else. */
function found(clean: number, adversarial: number) {
  const predictions = (split: Prediction['split'], right: number): Prediction[] =>
    Array.from({ length: 10 }, (_, index) => ({
      split,
      example: `e${index}`,
      label: index % 2,
      predicted: index < right ? index % 2 : 1 - (index % 2),
      logits: [0, 1],
      level: split === 'adversarial' ? (index < 6 ? 'word' : 'sentence') : null,
      method: null,
    }));
  return {
    predictions: [
      ...predictions('clean', clean),
      ...predictions('adversarial', adversarial),
      // the originals of the last eight adversarial texts
      ...predictions('original', clean).slice(2),
    ],
    residuals: [1, 0.5, NaN].map((relative, iteration) => ({ layer: 1, iteration, relative, examples: 10 })),
    drift: [{ layer: 0, relative: 0.5, examples: 6 }],
    spectra: [{ layer: 1, radius: 0.75, examples: 16 }],
  };
}

const record = { steps: [], validations: [], facts: { heldOut: true, skippedSteps: 2 } };

/** A store in which BERT ran, IM-BERT failed on seed 1 and never ran on seed 2. */
async function fill(plan: Plan, store: RunStore, without: readonly string[] = []): Promise<void> {
  await store.placeSlots(plan.loaded.name, plan.loaded.profile, slotsOf(plan));
  for (const cell of plan.cells) {
    if (cell.row === 'BERT') await finishCell(store, cell, { record, rows: found(9, 3), without });
    else if (cell.seed === 1) {
      await startTraining(store, cell);
      await store.abandonTraining(cell.model, 'failed', 'out of memory', 1);
    }
  }
}

async function withFilledStore<Result>(
  body: (plan: Plan, store: RunStore) => Promise<Result>,
  yaml = tinyTable.replace('seeds: 1', 'seeds: 2'),
  without: readonly string[] = [],
): Promise<Result> {
  return withFiles({ 'table.yaml': yaml }, async (folder) => {
    const loaded = await loadExperiment(join(folder, 'table.yaml'), 'quick');
    const store = await RunStore.open(join(folder, 'runs.duckdb'));
    try {
      const plan = await planOf(loaded, store);
      await fill(plan, store, without);
      return await body(plan, store);
    } finally {
      store.close();
    }
  });
}

test('drifts of the done cells reach the report', async () => {
  await withFilledStore(async (plan, store) => {
    const { drifts } = await reportInput(plan, store, { run: 'im-bert run table' });
    expect(drifts).toEqual(
      [1, 2].map((seed) => ({ row: 'BERT', task: 'sst2', seed, layer: 0, relative: 0.5, examples: 6 })),
    );
  });
});

test("the report knows which rows' solvers can amplify rounding", async () => {
  await withFilledStore(async (plan, store) => {
    const { table } = await reportInput(plan, store, { run: 'im-bert run table' });
    const rows = table.rows.filter(({ amplifiesRounding }) => amplifiesRounding !== undefined);
    expect(rows.map(({ name }) => name)).toEqual(['IM-BERT']);
  });
});

test('answers to originals are paired with those to their attacked texts', async () => {
  await withFilledStore(async (plan, store) => {
    const { pairs } = await reportInput(plan, store, { run: 'im-bert run table' });
    // of e2 to e9 the model has e2 to e8 right before, of those only e2 after
    expect(pairs).toEqual(
      [1, 2].map((seed) => ({
        ...{ row: 'BERT', task: 'sst2', seed },
        ...{ examples: 8, rightBefore: 7, rightBoth: 1 },
      })),
    );
  });
});

test('spectral radii of the done cells reach the report', async () => {
  await withFilledStore(async (plan, store) => {
    const { spectra } = await reportInput(plan, store, { run: 'im-bert run table' });
    expect(spectra).toEqual(
      [1, 2].map((seed) => ({ row: 'BERT', task: 'sst2', seed, layer: 1, radius: 0.75, examples: 16 })),
    );
  });
});

test('the report is fed every planned cell: done ones with predictions, the others with the reason', async () => {
  await withFilledStore(async (plan, store) => {
    const input = await reportInput(plan, store, { run: 'im-bert run table' });
    expect(input.synthetic).toBe(true);
    expect(input.cells.map(({ row, seed, outcome }) => [row, seed, outcome.status])).toEqual([
      ['BERT', 1, 'done'],
      ['IM-BERT', 1, 'failed'],
      ['BERT', 2, 'done'],
      ['IM-BERT', 2, 'missing'],
    ]);
    expect(input.dataSets).toEqual([
      expect.objectContaining({
        task: 'sst2',
        kind: 'clean',
        note: expect.stringContaining('held-out') as string,
      }),
      expect.objectContaining({ task: 'sst2', kind: 'adversarial', labels: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1] }),
    ]);
    expect(input.provenance).toMatchObject({
      seconds: 2 * (1 + measurementsFor(plan.cells[0]?.spec ?? { evaluation: { clean: 1 } }).length), // two models, each measured
      commit: 'abc',
      machine: 'this machine',
      versions: { node: '20' },
    });
  });
});

test('a report with failed and missing cells still renders, and names them', async () => {
  await withFilledStore(async (plan, store) => {
    const { markdown, summary } = await renderReport(
      await reportInput(plan, store, { run: 'im-bert run table' }),
    );
    expect(markdown).toContain('out of memory');
    expect(markdown).toContain('im-bert run table');
    expect(summary).toContain('BERT');
  });
});

test("an attack's texts take AdvGLUE's place: accuracy under attack, queries and words changed come from the store", async () => {
  const attacked = tinyTable.replace(
    'rows:',
    'layout: attack\nattack: { recipe: { name: textfooler, minimumWordCosine: 0.7 } }\nrows:',
  );
  await withFilledStore(async (plan, store) => {
    const [bert] = plan.cells;
    if (bert === undefined) throw new Error('the table has cells');
    const base = found(9, 3);
    const texts = base.predictions.filter(({ split }) => split === 'adversarial');
    const text = { attack: 'textfooler-original', cacheHits: 0, words: 10, original: 'a', perturbed: 'b' };
    const under = texts.map(({ example, label }, index) => ({
      ...{ ...text, example, label, queries: 100, changedWords: 3 },
      predicted: index < 2 ? label : 1 - label,
      status: index < 2 ? ('failed' as const) : ('success' as const),
    }));
    await finishCell(store, bert, { rows: { ...base, attack: under } });
    const input = await reportInput(plan, store, { run: 'im-bert run table' });
    expect(input.dataSets.map(({ kind }) => kind)).toEqual(['clean', 'adversarial']);
    expect(input.cells[0]?.outcome).toMatchObject({
      predictions: { adversarial: under.map(({ predicted }) => predicted) },
    });
    expect(input.attack?.name).toBe('TextFooler (original)');
    expect(input.attack?.runs).toEqual([
      expect.objectContaining({ row: 'BERT', task: 'sst2', seed: 1 }) as unknown,
    ]);
    expect(input.attack?.runs[0]?.examples[0]).toEqual({
      status: 'failed',
      queries: 100,
      changedWords: 3,
      words: 10,
    });
    const { markdown } = await renderReport(input);
    expect(markdown).toMatch(/TextFooler \(original\)’s texts, % +\| +10 \| +50\.0 \| +20\.0 \|/);
    expect(markdown).toMatch(/attacks that succeed, % .* 80\.0 \|/);
    expect(markdown).toContain('im-bert run table');
  }, attacked);
});

test("predictions on AdvGLUE's test set make a set of their own, and a row's cost is that of its own encoder", async () => {
  await withFilledStore(async (plan, store) => {
    const [bert] = plan.cells;
    if (bert === undefined) throw new Error('the table has cells');
    const base = found(9, 3);
    const test = base.predictions.flatMap((prediction) =>
      prediction.split === 'clean' ? [{ ...prediction, split: 'test' as const }] : [],
    );
    await finishCell(store, bert, {
      record: { ...record, facts: { parameters: 123 } },
      rows: { ...base, predictions: [...base.predictions, ...test] },
    });
    const { dataSets, cells, table } = await reportInput(plan, store, { run: '' });
    expect(dataSets.map(({ kind }) => kind).sort()).toEqual(['adversarial', 'clean', 'test']);
    expect(cells[0]?.outcome).toMatchObject({ parameters: 123 });
    const [monotone, implicit] = table.rows.map(({ cost }) => cost);
    expect(monotone?.solve).toBeUndefined();
    expect(implicit?.solve).toEqual({ phi: 2, products: 2 });
    expect((implicit?.gflops ?? 0) / (monotone?.gflops ?? 1)).toBeCloseTo(3, 1); // one pass and two iterations
    expect(implicit?.executedGflops).toBeGreaterThan(implicit?.gflops ?? Infinity);
  });
});

test('cells that another table ran are in the report of a table that was never run', async () => {
  await withFilledStore(async (plan, store) => {
    const loaded = { ...plan.loaded, name: 'other', profile: 'small' };
    const cells = plan.cells.map((cell) => ({ ...cell, row: cell.row === 'BERT' ? 'Baseline' : cell.row }));
    const rows = plan.rows.map((row) => ({ ...row, name: row.name === 'BERT' ? 'Baseline' : row.name }));
    const input = await reportInput({ ...plan, loaded, cells, rows }, store, { run: '' });
    expect(input.dataSets).toHaveLength(2);
    expect(input.cells[0]).toMatchObject({ row: 'Baseline', outcome: { status: 'done' } });
    expect(input.trajectories).not.toHaveLength(0);
  });
});

test('a model whose answers are no numbers is a failed cell with its reason, and skipped steps are told', async () => {
  await withFilledStore(
    async (plan, store) => {
      const [bert] = plan.cells;
      if (bert === undefined) throw new Error('the table has cells');
      const reason = 'class scores: expected finite numbers, got others for 3 of 10 examples';
      const subject = subjectId(bert, measurements.predictions);
      const of = { subject, model: bert.model, seconds: 1, flops: 1, machine: 'm' };
      await store.keepFailure(measurements.predictions, of, reason);
      const { cells, provenance } = await reportInput(plan, store, { run: '' });
      expect(cells[0]?.outcome).toEqual({ status: 'failed', reason });
      expect(provenance.notes).toContain(`BERT, SST-2, seed 1: predictions failed: ${reason}`);
      expect(provenance.notes.join()).toMatch(/BERT, SST-2, seed 2: 2 of 0 steps were skipped/);
    },
    undefined,
    ['predictions'],
  );
});
