import type {
  AttackedRun,
  Drift,
  PairedAnswers,
  ReportInput,
  ResidualTrajectory,
  Spectrum,
} from '@im-bert/report';
import { z } from 'zod';
import type { AttackEvaluation } from '../experiment/schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunStore } from '../store/run-store.ts';

/** The plan's cells as the queries below take them; another table may have run them. */
export function cellsOf({ cells }: Plan): [string] {
  return [cells.map(({ id }) => id).join(',')];
}

const residualRow = z.object({
  cell: z.string(),
  layer: z.number(),
  residuals: z.array(z.number().nullable()),
});

const residualQuery = `
  select cell, layer, list(relative order by iteration) as residuals
  from residuals
  where split = 'clean' and cell in (select unnest(string_split(?, ',')))
  group by cell, layer order by cell, layer`;

const layerMeanRow = z.object({
  cell: z.string(),
  layer: z.number(),
  value: z.number().nullable(),
  examples: z.number(),
});

/** The columns that hold a mean over examples for each layer, by their table. */
const layerMeanColumns = { drift: 'relative', spectra: 'radius' } as const;

const layerMeanQuery = (table: keyof typeof layerMeanColumns): string => `
  select cell, layer, ${layerMeanColumns[table]} as value, examples from ${table}
  where cell in (select unnest(string_split(?, ',')))
  order by cell, layer`;

const pairedRow = z.object({
  cell: z.string(),
  examples: z.number(),
  right_before: z.number(),
  right_both: z.number(),
});

const pairedQuery = `
  select before.cell, count(*)::integer as examples,
    (count(*) filter (before.predicted = before.label))::integer as right_before,
    (count(*) filter (before.predicted = before.label and after.predicted = after.label))::integer as right_both
  from predictions as before join predictions as after using (cell, example)
  where before.split = 'original' and after.split = 'adversarial' and cell in (select unnest(string_split(?, ',')))
  group by before.cell order by before.cell`;

const attackedRow = z.object({
  cell: z.string(),
  status: z.enum(['success', 'failed', 'skipped']),
  queries: z.number(),
  changed_words: z.number(),
  words: z.number(),
});

const attackedQuery = `
  select cell, status, queries, changed_words, words from attacked
  where cell in (select unnest(string_split(?, ',')))
  order by cell, example`;

/** The attacks as their papers call them. */
const titles: Readonly<Record<AttackEvaluation['recipe']['name'], string>> = {
  textfooler: 'TextFooler',
  deepwordbug: 'DeepWordBug',
  textbugger: 'TextBugger',
  pwws: 'PWWS',
  checklist: 'CheckList',
  stresstest: 'StressTest',
};

/** Rows by their cell. */
export function grouped<Row extends { readonly cell: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.cell, [...(groups.get(row.cell) ?? []), row]);
  return groups;
}

/** What the implicit layers' solvers did on the clean examples. */
export async function trajectoriesOf(plan: Plan, store: RunStore): Promise<ResidualTrajectory[]> {
  const rows = grouped(await store.query(residualRow, residualQuery, cellsOf(plan)));
  return plan.cells.flatMap((cell) =>
    (rows.get(cell.id) ?? []).map(({ layer, residuals }) => ({
      row: cell.row,
      task: cell.task,
      seed: cell.seed,
      layer,
      residuals: residuals.map((value) => value ?? NaN),
    })),
  );
}

/** How far AdvGLUE's attacks moved the models' states. */
export async function driftsOf(plan: Plan, store: RunStore): Promise<Drift[]> {
  const means = await layerMeansOf('drift', plan, store);
  return means.map(({ value, ...of }) => ({ ...of, relative: value }));
}

/** What the models answered before and after AdvGLUE's attacks. */
export async function pairsOf(plan: Plan, store: RunStore): Promise<PairedAnswers[]> {
  const rows = grouped(await store.query(pairedRow, pairedQuery, cellsOf(plan)));
  return plan.cells.flatMap(({ id, row, task, seed }) =>
    (rows.get(id) ?? []).map(({ examples, right_before, right_both }) => ({
      ...{ row, task, seed, examples },
      ...{ rightBefore: right_before, rightBoth: right_both },
    })),
  );
}

/** The spectral radii of the models' layers. */
export async function spectraOf(plan: Plan, store: RunStore): Promise<Spectrum[]> {
  const means = await layerMeansOf('spectra', plan, store);
  return means.map(({ value, ...of }) => ({ ...of, radius: value }));
}

async function layerMeansOf(table: keyof typeof layerMeanColumns, plan: Plan, store: RunStore) {
  const rows = grouped(await store.query(layerMeanRow, layerMeanQuery(table), cellsOf(plan)));
  return plan.cells.flatMap(({ id, row, task, seed }) =>
    (rows.get(id) ?? []).map(({ layer, value, examples }) => ({
      ...{ row, task, seed, layer, examples },
      value: value ?? NaN,
    })),
  );
}

/** What the experiment's attack did; nothing for one without. */
export async function attackOf(plan: Plan, store: RunStore): Promise<Pick<ReportInput, 'attack'>> {
  const { experiment } = plan.loaded;
  if (experiment.attack === undefined) return {};
  const { recipe } = experiment.attack;
  const variant = 'variant' in recipe ? ` (${recipe.variant})` : '';
  const rows = grouped(await store.query(attackedRow, attackedQuery, cellsOf(plan)));
  const runs = plan.cells.flatMap(({ id, row, task, seed }): AttackedRun[] => {
    const examples = (rows.get(id) ?? []).map(({ status, queries, changed_words, words }) => ({
      ...{ status, queries, changedWords: changed_words, words },
    }));
    return examples.length === 0 ? [] : [{ row, task, seed, examples }];
  });
  return { attack: { name: `${titles[recipe.name]}${variant}`, runs } };
}
