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
    predictions: [...predictions('clean', clean), ...predictions('adversarial', adversarial)],
    residuals: [1, 0.5, NaN].map((relative, iteration) => ({
      split: 'clean' as const,
      layer: 1,
      iteration,
      relative,
      examples: 10,
    })),
    drift: [{ layer: 0, relative: 0.5, examples: 6 }],
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
): Promise<Result> {
  const yaml = tinyTable.replace('seeds: 1', 'seeds: 2');
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
