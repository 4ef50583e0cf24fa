import { subjectId, type Measurement } from '../measurements/measurement.ts';
import { measurementsFor } from '../measurements/measurements.ts';
import { groupBy } from '../store/group-by.ts';
import type { MeasuredRow, ModelRow } from '../store/rows.ts';
import type { PlacedCell } from './cell.ts';

/** What a cell lacks. */
export interface Work {
  /** Whether its model must be trained: it never was, or its weights are gone and something is to be measured. */
  readonly trains: boolean;
  readonly measures: readonly Measurement[];
}

/** What is known of trained models and of what was measured on them. */
export interface Records {
  readonly model: (id: string) => ModelRow | undefined;
  /** Of any version, the newest first. */
  readonly measured: (subject: string, measurement: string) => readonly MeasuredRow[];
  /** Whether a model's weights are there. */
  readonly isKept: (model: string) => boolean;
}

/** Records of rows of the store. */
export function recordsOf(
  models: readonly ModelRow[],
  measured: readonly MeasuredRow[],
  isKept: (model: string) => boolean,
): Records {
  const byModel = new Map(models.map((row) => [row.model, row]));
  const bySubject = groupBy(measured, ({ subject, measurement }) => `${subject} ${measurement}`);
  return {
    model: (id) => byModel.get(id),
    measured: (subject, measurement) =>
      (bySubject.get(`${subject} ${measurement}`) ?? []).toSorted((a, b) => b.version - a.version),
    isKept,
  };
}

/** Whether the measurement's rows of the cell are there, in its present version. */
function isMeasured(cell: PlacedCell, measurement: Measurement, records: Records): boolean {
  return records
    .measured(subjectId(cell, measurement), measurement.name)
    .some(({ version, status }) => version === measurement.version && status === 'done');
}

/** What a cell lacks; nothing where all is there, whether or not its weights are. */
export function workOf(cell: PlacedCell, records: Records): Work {
  const measures = measurementsFor(cell.spec).filter((one) => !isMeasured(cell, one, records));
  const isTrained = records.model(cell.model)?.status === 'done';
  return { trains: !isTrained || (measures.length > 0 && !records.isKept(cell.model)), measures };
}
