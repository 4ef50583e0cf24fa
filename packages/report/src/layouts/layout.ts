import type { Comparison } from '../comparisons.ts';
import type { Notes } from '../notes.ts';
import type { Results } from '../results.ts';

/** The ways to lay out the main table; each is a file of this folder and a row of layouts.ts. */
export type LayoutName = 'tasks' | 'levels' | 'level-averages' | 'attack' | 'cost' | 'solvers';

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
