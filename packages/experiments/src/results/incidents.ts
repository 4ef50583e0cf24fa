import { tasks } from '@im-bert/data';
import { subjectId } from '../measurements/measurement.ts';
import { measurementsFor } from '../measurements/measurements.ts';
import type { Plan, PlannedCell } from '../plan/plan.ts';
import type { MeasuredRow, ModelRow } from '../store/rows.ts';

/** Single values that training found. */
interface Facts {
  readonly heldOut?: boolean;
  readonly parameters?: number;
  readonly skippedSteps?: number;
}

/** What training found, as the store keeps it. */
export function factsOf({ facts }: ModelRow): Facts {
  return JSON.parse(facts ?? '{}') as Facts;
}

/** The cell's measurements that failed, in their present version. */
function failures(cell: PlannedCell, measured: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return measurementsFor(cell.spec).flatMap((one) => {
    const subject = subjectId(cell, one);
    return measured.filter(
      (row) =>
        row.status === 'failed' &&
        row.subject === subject &&
        row.measurement === one.name &&
        row.version === one.version,
    );
  });
}

/** Why a cell has no answers: its training failed, or asking the model did; undefined where neither was tried. */
export function failureOf(
  cell: PlannedCell,
  model: ModelRow | undefined,
  measured: readonly MeasuredRow[],
): string | undefined {
  if (model?.status === 'failed') return model.error ?? 'no reason recorded';
  return failures(cell, measured)[0]?.error ?? undefined;
}

/** What a reader must know of single runs: steps that were skipped, measurements that failed. */
export function incidents(
  { cells }: Plan,
  models: ReadonlyMap<string, ModelRow>,
  measured: readonly MeasuredRow[],
): string[] {
  return cells.flatMap((cell) => {
    const run = `${cell.row}, ${tasks[cell.task].title}, seed ${cell.seed}`;
    const model = models.get(cell.model);
    const skipped = model?.status === 'done' ? (factsOf(model).skippedSteps ?? 0) : 0;
    return [
      ...(skipped === 0
        ? []
        : [
            `${run}: ${skipped} of ${model?.steps ?? 0} steps were skipped, since loss or gradient was not finite.`,
          ]),
      ...failures(cell, measured).map(
        ({ measurement, error }) => `${run}: ${measurement} failed: ${error ?? ''}`,
      ),
    ];
  });
}
