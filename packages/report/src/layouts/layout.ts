import type { Comparison } from '../comparisons.ts';
import type { Notes } from '../notes.ts';
import type { Results } from '../results.ts';

/** What a layout shows. */
export interface LayoutContext {
  readonly results: Results;
  readonly comparisons: readonly Comparison[];
  readonly notes: Notes;
}

/** A main table, and what a reader must know about its columns. */
interface LaidOut {
  readonly table: string;
  readonly explanation: string;
}

/** A way to lay out the main table. */
export type Layout = (context: LayoutContext) => LaidOut;
