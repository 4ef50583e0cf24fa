import type { AdvGlueTask } from '@im-bert/core';
import type { PaperReference } from './paper/lookup.ts';

/** Everything a report shows, as plain rows. The caller queries its store; this package only turns rows into text. */
export interface ReportInput {
  readonly table: TableLayout;
  /** The examples that the predictions are about: at most one entry for each task and kind. */
  readonly dataSets: readonly DataSet[];
  /** One entry for every planned (row, task, seed), whatever became of it. */
  readonly cells: readonly Cell[];
  /** What the implicit layers' solver did, if any row has such layers. */
  readonly trajectories?: readonly ResidualTrajectory[];
  readonly provenance: Provenance;
  /** True when the data is generated: the report then says so wherever it shows a number. */
  readonly synthetic: boolean;
}

/** What the table looks like: the paper's rows and columns. */
export interface TableLayout {
  /** Short name, used in the plots' file names: `table1`. */
  readonly id: string;
  readonly title: string;
  /** Tasks, in the order of the columns. */
  readonly columns: readonly AdvGlueTask[];
  readonly rows: readonly TableRow[];
  /** Name of the row that the others are tested against; usually `BERT`. */
  readonly baseline?: string;
  /** Rows that were not run and whose published numbers are shown below ours. */
  readonly published?: readonly PaperReference[];
}

/** A model of the table. */
export interface TableRow {
  /** Unique; cells and trajectories refer to it. */
  readonly name: string;
  /** Heading under which the row stands, such as `Standard training`. */
  readonly group?: string;
  /** The paper's row of the same model. */
  readonly paper?: PaperReference;
  /** How ours differs from the paper's, in a few words. */
  readonly note?: string;
}

/** Which of a task's two test sets: the ordinary one, or the adversarial twin. */
export type DataSetKind = 'clean' | 'adversarial';

/** The examples of one task's test set, in the order in which every cell gives its predictions. */
export interface DataSet {
  readonly task: AdvGlueTask;
  readonly kind: DataSetKind;
  readonly labels: readonly number[];
  /** Level of the attack of each example (word, sentence, human); adversarial sets only. */
  readonly levels?: readonly string[];
  /** What a reader must know, such as `held-out 1,000 rows of the training split: the hub has no validation split`. */
  readonly note?: string;
}

/** What became of one planned run. */
export interface Cell {
  readonly row: string;
  readonly task: AdvGlueTask;
  readonly seed: number;
  readonly outcome: CellOutcome;
}

export type CellOutcome =
  | {
      readonly status: 'done';
      /** Predicted labels by kind of test set, in the order of the data set's labels. */
      readonly predictions: Readonly<Partial<Record<DataSetKind, readonly number[]>>>;
    }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'missing'; /** The command that would fill the cell. */ readonly command: string };

/** The solver's residual norm in one layer of one run, after 0, 1, 2, ... iterations. */
export interface ResidualTrajectory {
  readonly row: string;
  readonly task: AdvGlueTask;
  readonly seed: number;
  /** From 1, as the paper counts. */
  readonly layer: number;
  /** Mean over examples of the residual's norm; the first is the explicit Euler start's. */
  readonly residuals: readonly number[];
}

/** Where the numbers come from. */
export interface Provenance {
  /** The exact command that makes this report. */
  readonly command: string;
  readonly profile: string;
  /** ISO date, `2026-07-31`. */
  readonly date: string;
  /** Wall time of all cells, in seconds. */
  readonly seconds: number;
  /** Processor, cores, memory, operating system. */
  readonly machine: string;
  readonly commit: string;
  /** Versions by name: node, onnxruntime-node, ... */
  readonly versions: Readonly<Record<string, string>>;
  /** Settings and caveats, a sentence each: model, training examples, learning rate, what is held out. */
  readonly notes: readonly string[];
}

/** A finished report. */
export interface RenderedReport {
  /** The whole report; its pictures are relative links to the plots' file names. */
  readonly markdown: string;
  /** The main table and the conclusions alone, for a terminal. */
  readonly summary: string;
  /** SVG text by file name; only plots that have something to show. */
  readonly plots: Readonly<Record<string, string>>;
}
