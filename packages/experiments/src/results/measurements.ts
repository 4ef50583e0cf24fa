import { mean, sampleDeviation } from '@im-bert/core';
import type {
  AttackedRun,
  Drift,
  MeasuredRow,
  PairedAnswers,
  ReportInput,
  ResidualTrajectory,
  RoundingNoise,
  Spectrum,
} from '@im-bert/report';
import type { z } from 'zod';
import type { AttackEvaluation } from '../experiment/schema.ts';
import { type Measurement, subjectId } from '../measurements/measurement.ts';
import { allMeasurements, measurements, type RowOf } from '../measurements/measurements.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import type { RowSchema } from '../store/columns.ts';
import { groupBy } from '../store/group-by.ts';
import type { RunStore } from '../store/run-store.ts';

/** A measurement's rows of one planned cell; another table may have made them. */
interface CellRows<Row> {
  readonly cell: PlannedCell;
  readonly rows: readonly Row[];
}

/** A measurement's rows, cell by cell in the plan's order; cells without any are left out. */
export async function rowsOf<Row extends RowSchema>(
  measurement: Measurement<Row>,
  { cells }: Plan,
  store: RunStore,
): Promise<readonly CellRows<z.output<z.ZodObject<Row>>>[]> {
  const subjects = cells.map((cell) => subjectId(cell, measurement));
  const rows = await store.rows(measurement, [...new Set(subjects)]);
  return cells.flatMap((cell, index) => {
    const own = rows.get(subjects[index] ?? '') ?? [];
    return own.length === 0 ? [] : [{ cell, rows: own }];
  });
}

const runOf = ({ row, task, seed }: PlannedCell) => ({ row, task, seed });

/** What the implicit layers' solvers did on the clean examples. */
export async function trajectoriesOf(plan: Plan, store: RunStore): Promise<ResidualTrajectory[]> {
  return (await rowsOf(measurements.residuals, plan, store)).flatMap(({ cell, rows }) =>
    [...groupBy(rows, ({ layer }) => String(layer)).values()].map((along) => ({
      ...runOf(cell),
      layer: along[0]?.layer ?? 0,
      residuals: along.map(({ relative }) => relative ?? NaN),
    })),
  );
}

/** How far AdvGLUE's attacks moved the models' states. */
export async function driftsOf(plan: Plan, store: RunStore): Promise<Drift[]> {
  return (await rowsOf(measurements.drift, plan, store)).flatMap(({ cell, rows }) =>
    rows.map((row) => ({ ...runOf(cell), ...row, relative: row.relative ?? NaN })),
  );
}

/** The spectral radii of the models' layers. */
export async function spectraOf(plan: Plan, store: RunStore): Promise<Spectrum[]> {
  return (await rowsOf(measurements.spectra, plan, store)).flatMap(({ cell, rows }) =>
    rows.map((row) => ({ ...runOf(cell), ...row, radius: row.radius ?? NaN })),
  );
}

/**
 * By row: the deviation of an accuracy over draws of rounding noise, root mean square over its runs; of clean accuracy only
 * where no run has adversarial texts. Where the table has an attack of its own, those that were measured are not its texts.
 */
export async function roundingOf(
  plan: Plan,
  store: RunStore,
): Promise<ReadonlyMap<string, Required<RoundingNoise>>> {
  const isAttacked = plan.loaded.experiment.attack !== undefined;
  const measured = (await rowsOf(measurements.sensitivity, plan, store)).filter(
    ({ rows }) => !isAttacked || rows[0]?.split === 'clean',
  );
  const deviations = [...groupBy(measured, ({ cell }) => cell.row)].map(([row, all]) => {
    const adversarial = all.filter(({ rows }) => rows[0]?.split === 'adversarial');
    const [cells, on] =
      adversarial.length > 0 ? [adversarial, 'adversarial' as const] : [all, 'clean' as const];
    const squares = cells.map(({ rows }) => {
      const shares = rows.map(({ right, examples }) => right / examples);
      return (sampleDeviation(shares) ?? 0) ** 2;
    });
    return [row, { deviation: Math.sqrt(mean(squares)), on }] as const;
  });
  return new Map(deviations);
}

/** What the models answered before and after AdvGLUE's attacks. */
export function pairsOf(predictions: readonly CellRows<RowOf<'predictions'>>[]): PairedAnswers[] {
  return predictions.flatMap(({ cell, rows }) => {
    const after = new Map(rows.flatMap((row) => (row.split === 'adversarial' ? [[row.example, row]] : [])));
    const pairs = rows.flatMap((row) => {
      const attacked = row.split === 'original' ? after.get(row.example) : undefined;
      return attacked === undefined ? [] : [{ before: isRight(row), after: isRight(attacked) }];
    });
    const before = pairs.filter((pair) => pair.before);
    if (pairs.length === 0) return [];
    const rightBoth = before.filter((pair) => pair.after).length;
    return [{ ...runOf(cell), examples: pairs.length, rightBefore: before.length, rightBoth }];
  });
}

function isRight({ label, predicted }: { readonly label: number; readonly predicted: number }): boolean {
  return label === predicted;
}

/** The rows of measurements that are of whole runs; those of single examples stay in the store. */
export async function summariesOf(
  plan: Plan,
  store: RunStore,
): Promise<NonNullable<ReportInput['measured']>> {
  const summaries = allMeasurements.filter(({ row }) => !('example' in row.shape));
  const named: [string, MeasuredRow[]][] = [];
  for (const measurement of summaries) {
    const found = await rowsOf(measurement, plan, store);
    named.push([
      measurement.name,
      found.flatMap(({ cell, rows }) => rows.map((row) => ({ ...runOf(cell), columns: row }))),
    ]);
  }
  return Object.fromEntries(named);
}

/** The attacks as their papers call them. */
const titles: Readonly<Record<AttackEvaluation['recipe']['name'], string>> = {
  textfooler: 'TextFooler',
  deepwordbug: 'DeepWordBug',
  textbugger: 'TextBugger',
  pwws: 'PWWS',
  checklist: 'CheckList',
  stresstest: 'StressTest',
};

/** What the experiment's attack did; nothing for one without. */
export function attackOf(
  plan: Plan,
  attacked: readonly CellRows<RowOf<'attack'>>[],
): Pick<ReportInput, 'attack'> {
  const { experiment } = plan.loaded;
  if (experiment.attack === undefined) return {};
  const { recipe } = experiment.attack;
  const variant = 'variant' in recipe ? ` (${recipe.variant})` : '';
  const runs = attacked.map(({ cell, rows }): AttackedRun => ({
    ...runOf(cell),
    examples: rows.map(({ status, queries, changedWords, words }) => ({
      status,
      queries,
      changedWords,
      words,
    })),
  }));
  return { attack: { name: `${titles[recipe.name]}${variant}`, runs } };
}
