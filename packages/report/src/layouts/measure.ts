import type { TableRow } from '../input.ts';
import type { PaperRow } from '../paper/lookup.ts';

/** One number of a model: a column of a table with models as rows, or a line of one with models as columns. */
export interface Measure {
  readonly label: string;
  /** How many examples it is over. */
  readonly examples?: string;
  /** What always answering the majority class gives. */
  readonly majority?: string;
  readonly ours: (row: TableRow) => string;
  readonly paper?: (paper: PaperRow) => string;
}
