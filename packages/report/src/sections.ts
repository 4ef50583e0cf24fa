import { calibrationSection } from './calibration.ts';
import type { MeasuredSection } from './measured.ts';
import { otherSetsSection } from './other-sets.ts';
import { sensitivitySection } from './sensitivity.ts';

/** What the report shows of measurements, in its order: a new one is a file and a row here. */
export const measuredSections: readonly MeasuredSection[] = [
  otherSetsSection,
  sensitivitySection,
  calibrationSection,
];
