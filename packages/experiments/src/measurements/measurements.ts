import type { z } from 'zod';
import type { CellSpec } from '../plan/cell.ts';
import { attack } from './attack.ts';
import { calibration } from './calibration.ts';
import { drift } from './drift.ts';
import type { Measurement } from './measurement.ts';
import { predictions } from './predictions.ts';
import { residuals } from './residuals.ts';
import { sensitivity } from './sensitivity.ts';
import { sets } from './sets.ts';
import { spectra } from './spectra.ts';

/** What is measured on every trained model, in this order: a new measurement is a file and a row here. */
export const measurements = {
  predictions,
  residuals,
  calibration,
  drift,
  spectra,
  sensitivity,
  sets,
  attack,
};

type MeasurementName = keyof typeof measurements;

/** A measurement's rows, as they are stored and read. */
export type RowOf<Name extends MeasurementName> = z.output<(typeof measurements)[Name]['row']>;

/** All measurements, as the planner, the runner and the store see them. */
export const allMeasurements: readonly Measurement[] = Object.values(measurements);

/** Those that say something of a cell: an attack and further sets are for evaluations that have them. */
export function measurementsFor({ evaluation }: Pick<CellSpec, 'evaluation'>): readonly Measurement[] {
  return allMeasurements.filter(
    ({ on, reads }) =>
      (!on.includes('attack') || evaluation.attack !== undefined) &&
      (!reads.includes('sets') || evaluation.sets !== undefined),
  );
}
