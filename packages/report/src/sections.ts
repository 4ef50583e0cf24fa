import { calibrationSection } from './calibration.ts';
import type { MeasuredSection } from './measured.ts';
import { sensitivitySection } from './sensitivity.ts';

/** What the report shows of measurements, in its order: a new one is a file and a row here. */
export const measuredSections: readonly MeasuredSection[] = [sensitivitySection, calibrationSection];
