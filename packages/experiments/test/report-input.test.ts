import { join } from 'node:path';
import { loadExperiment, makePlan, type Plan, RunStore } from '@im-bert/experiments';
import { renderReport } from '@im-bert/report';
import { specJson, stageVersion } from '../src/plan/cell.ts';
import { slotsOf } from '../src/plan/plan.ts';
import { reportInput } from '../src/results/report-input.ts';
import type { Finding, Prediction } from '../src/store/rows.ts';
import { tinyTable, withFiles } from './support/files.ts';

/** Ten clean and ten adversarial examples, of which the model gets so many right. */
function finding(clean: number, adversarial: number): Finding {
  const predictions = (split: Prediction['split'], right: number): Prediction[] =>
    Array.from({ length: 10 }, (_, index) => ({
      split,
      example: `e${index}`,
      label: index % 2,
      predicted: index < right ? index % 2 : 1 - (index % 2),
      logits: [0, 1],
      ...(split === 'adversarial' ? { level: index < 6 ? 'word' : 'sentence', method: 'm' } : {}),
    }));
  return {
    steps: [],
    validations: [],
    predictions: [
      ...predictions('clean', clean),
      ...predictions('adversarial', adversarial),
      // the originals of the last eight adversarial texts
      ...predictions('original', clean).slice(2),
    ],
    residuals: [1, 0.5, NaN].map((relative, iteration) => ({
      split: 'clean' as const,
      layer: 1,
      iteration,
      relative,
      examples: 10,
    })),
    drift: [{ layer: 0, relative: 0.5, examples: 6 }],
    spectra: [{ layer: 1, radius: 0.75, examples: 16 }],
    attacked: [],
    facts: { heldOut: true },
  };
}

/** A store in which BERT ran, IM-BERT failed on seed 1 and never ran on seed 2. */
async function fill(plan: Plan, store: RunStore): Promise<void> {
  await store.placeSlots(plan.loaded.name, plan.loaded.profile, slotsOf(plan));
  for (const cell of plan.cells) {
    if (cell.row === 'IM-BERT' && cell.seed === 2) continue;
    await store.start({
      cell: cell.id,
      spec: JSON.stringify(specJson(cell.spec)),
      digest: cell.digest,
      stage_version: stageVersion,
      seed: cell.seed,
      flops: 1,
      versions: '{"node":"20"}',
      commit_id: 'abc',
      machine: 'm',
    });
    if (cell.row === 'BERT') await store.finish(cell.id, finding(9, 3), 10);
    else await store.abandon(cell.id, 'failed', 'out of memory', 1);
  }
}

async function withFilledStore<Result>(
  body: (plan: Plan, store: RunStore) => Promise<Result>,
  yaml = tinyTable.replace('seeds: 1', 'seeds: 2'),
): Promise<Result> {
  return withFiles({ 'table.yaml': yaml }, async (folder) => {
    const loaded = await loadExperiment(join(folder, 'table.yaml'), 'quick');
    const store = await RunStore.open(join(folder, 'runs.duckdb'));
    try {
      const plan = await makePlan(loaded, () => 'digest', store, 'm');
      await fill(plan, store);
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
      seconds: 20,
      commit: 'abc',
      machine: 'm',
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
    const base = finding(9, 3);
    const texts = base.predictions.filter(({ split }) => split === 'adversarial');
    const under = texts.map((prediction, index) => ({
      ...prediction,
      split: 'attacked' as const,
      level: undefined,
      predicted: index < 2 ? prediction.label : 1 - prediction.label,
    }));
    const text = { attack: 'textfooler-original', cacheHits: 0, words: 10, original: 'a', perturbed: 'b' };
    const rows = under.map(({ example }, index) => ({
      ...{ ...text, example, queries: 100, changedWords: 3 },
      status: index < 2 ? ('failed' as const) : ('success' as const),
    }));
    await store.finish(
      bert?.id ?? '',
      { ...base, predictions: [...base.predictions, ...under], attacked: rows },
      1,
    );
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
    const base = finding(9, 3);
    const test = base.predictions.flatMap((prediction) =>
      prediction.split === 'clean' ? [{ ...prediction, split: 'test' as const }] : [],
    );
    const found = { ...base, predictions: [...base.predictions, ...test], facts: { parameters: 123 } };
    await store.finish(bert?.id ?? '', found, 1);
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
