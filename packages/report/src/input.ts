import type { AdvGlueTask } from '@im-bert/core';

/** A column of a table: AdvGLUE's tasks, and IMDB, which Table 5 attacks. */
export type TableTask = AdvGlueTask | 'imdb';

/** Everything a report shows, as plain rows. The caller queries its store; this package only turns rows into text. */
export interface ReportInput {
  readonly table: TableLayout;
  /** The examples that the predictions are about: at most one entry for each task and kind. */
  readonly dataSets: readonly DataSet[];
  /** One entry for every planned (row, task, seed), whatever became of it. */
  readonly cells: readonly Cell[];
  /** What the implicit layers' solver did, if any row has such layers. */
  readonly trajectories?: readonly ResidualTrajectory[];
  /** How far the attacks moved the models' states, where the texts before the attack are known. */
  readonly drifts?: readonly Drift[];
  /** What the models answered before and after the attacks, where the texts before are known. */
  readonly pairs?: readonly PairedAnswers[];
  /** The spectral radii of the layers' Jacobians, where they were measured. */
  readonly spectra?: readonly Spectrum[];
  /** The rows of each measurement by its name; a section says which columns it reads (`measured`). */
  readonly measured?: Readonly<Record<string, readonly MeasuredRow[]>>;
  /** What the attack that ran here did; then the adversarial sets are its texts, not AdvGLUE's. */
  readonly attack?: AttackResults;
  readonly provenance: Provenance;
  /** True when the data is generated: the report then says so wherever it shows a number. */
  readonly synthetic: boolean;
}

/** A row of something that was measured on one run's model. */
export interface MeasuredRow {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** The ways to lay out the main table; each is a file of layouts/. */
export type LayoutName = 'tasks' | 'levels' | 'level-averages' | 'attack' | 'cost' | 'solvers';

/** Names a row of a published table. */
export interface PaperReference {
  readonly table: 'table1' | 'table2' | 'table3' | 'table4' | 'table5' | 'table6';
  /** Part of the table: `dev` or `test` of table 1, `n1000` or `n500` of table 2; the others have none. */
  readonly block?: string | undefined;
  /** A column, where the table has its models as columns (tables 4 and 5). */
  readonly row: string;
}

/** What the table looks like: the paper's rows and columns. */
export interface TableLayout {
  /** Short name, used in the plots' file names: `table1`. */
  readonly id: string;
  readonly title: string;
  /** Tasks, in the order of the columns. */
  readonly columns: readonly TableTask[];
  readonly rows: readonly TableRow[];
  /** How the main table is laid out; `tasks` by default. */
  readonly layout?: LayoutName;
  /** Name of the row that the others are tested against; usually `BERT`. */
  readonly baseline?: string;
  /** What the comparisons with baselines are adjusted over; the comparisons of this table alone if absent. */
  readonly family?: ComparisonFamily;
  /** In points: clean accuracies that differ by less are as good as the same; 1 by default. */
  readonly cleanMargin?: number;
  /** Rows that were not run and whose published numbers are shown below ours. */
  readonly published?: readonly PaperReference[];
}

/** Comparisons that are looked at together, in one table or several. */
export interface ComparisonFamily {
  readonly name: string;
  /** Comparisons that are planned in all tables of the family together; those of this table if absent. */
  readonly size?: number | undefined;
}

/** A model of the table. */
export interface TableRow {
  /** Unique; cells and trajectories refer to it. */
  readonly name: string;
  /** Heading under which the row stands, such as `Standard training`. */
  readonly group?: string;
  /** The paper's row of the same model. */
  readonly paper?: PaperReference;
  /** The paper's row of the same model on AdvGLUE's test set. */
  readonly paperTest?: PaperReference;
  /** The row that this one is tested against, where it is not the table's. */
  readonly baseline?: string;
  readonly cost?: ModelCost;
  /** Present where the row's solver can amplify rounding, as the paper's descent does. */
  readonly amplifiesRounding?: RoundingNoise;
  /** How ours differs from the paper's, in a few words. */
  readonly note?: string;
}

/** What arithmetic alone does to the scores of one row's trained models. */
export interface RoundingNoise {
  /** Sample deviation of one model's accuracy (a share) over arithmetics; absent where it was not measured. */
  readonly deviation?: number;
  /** The texts that it was measured on, `adversarial` by default; intervals of the other kind's accuracies do not contain it. */
  readonly on?: 'clean' | 'adversarial';
}

/** What a row's model costs, whatever it was trained on. */
export interface ModelCost {
  /** FLOPs of classifying one text of `length` tokens, in billions, as the paper counts: a VJP is free. */
  readonly gflops: number;
  /** The same with all products that really run. */
  readonly executedGflops: number;
  /** In tokens. */
  readonly length: number;
  /** Evaluations of phi, and of its VJP, that one solve takes beyond the explicit start; none without implicit layers. */
  readonly solve?: { readonly phi: number; readonly products: number };
}

/** Which of a task's test sets: the ordinary one, its adversarial twin (AdvGLUE dev), or AdvGLUE's test set. */
export type DataSetKind = 'clean' | 'adversarial' | 'test';

/** AdvGLUE's dev set, or its synthetic or attacked stand-in, or AdvGLUE's test set. */
export type AdversarialSet = Exclude<DataSetKind, 'clean'>;

/** The examples of one task's test set, in the order in which every cell gives its predictions. */
export interface DataSet {
  readonly task: TableTask;
  readonly kind: DataSetKind;
  readonly labels: readonly number[];
  /** Level of the attack of each example (word, sentence, human); adversarial sets only. */
  readonly levels?: readonly string[];
  /** The group of each example, such as the premise that several share; intervals and tests keep groups together. */
  readonly groups?: readonly string[];
  /** What a reader must know, such as `held-out 1,000 rows of the training split: the hub has no validation split`. */
  readonly note?: string;
}

/** What became of one planned run. */
export interface Cell {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  readonly outcome: CellOutcome;
}

export type CellOutcome =
  | {
      readonly status: 'done';
      /** Predicted labels by kind of test set, in the order of the data set's labels. */
      readonly predictions: Readonly<Partial<Record<DataSetKind, readonly number[]>>>;
      /** Of the model, embeddings and head included. */
      readonly parameters?: number;
    }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'missing'; /** The command that would fill the cell. */ readonly command: string };

/** An attack that was run on the table's own models. */
export interface AttackResults {
  /** `TextFooler (original)`. */
  readonly name: string;
  readonly runs: readonly AttackedRun[];
}

/** What the attack did to one run's model. */
export interface AttackedRun {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  readonly examples: readonly AttackedExample[];
}

/** What the attack did to one text. */
export interface AttackedExample {
  /** `skipped`: the model was wrong before the attack; `failed`: it stayed right. */
  readonly status: 'success' | 'failed' | 'skipped';
  readonly queries: number;
  readonly changedWords: number;
  readonly words: number;
}

/** The solver's residual norm in one layer of one run, after 0, 1, 2, ... iterations. */
export interface ResidualTrajectory {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  /** From 1, as the paper counts. */
  readonly layer: number;
  /** Mean over examples of the residual's norm; the first is the explicit Euler start's. */
  readonly residuals: readonly number[];
}

/** How far the attacks moved one layer's state at the first position in one run. */
export interface Drift {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  /** 0 is the embeddings' output. */
  readonly layer: number;
  /** Mean over examples of the distance between the attacked and the original text's states over the latter's norm. */
  readonly relative: number;
  readonly examples: number;
}

/** How many of the pairs of an original and its attacked text one run's model has right. */
export interface PairedAnswers {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  /** Pairs in all. */
  readonly examples: number;
  /** Pairs whose original is answered right. */
  readonly rightBefore: number;
  /** Pairs of which both texts are answered right. */
  readonly rightBoth: number;
}

/** The spectral radius of the Jacobian of one layer's phi in one run, where the layer evaluates phi. */
export interface Spectrum {
  readonly row: string;
  readonly task: TableTask;
  readonly seed: number;
  /** From 1, as the paper counts. */
  readonly layer: number;
  /** Estimated by the growth of a random vector; mean over examples. */
  readonly radius: number;
  readonly examples: number;
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
