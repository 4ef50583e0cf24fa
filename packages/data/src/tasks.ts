/** Path of the parquet file of a split, in the hub's layout. */
const glue = (config: string, split: string): string =>
  `datasets/nyu-mll/glue/${config}/${split}-00000-of-00001.parquet`;
const imdb = (split: string): string =>
  `datasets/stanfordnlp/imdb/plain_text/${split}-00000-of-00001.parquet`;

/** A file of examples, and what the ids of its rows begin with. */
export interface TaskFile {
  /** Where the hub keeps it. */
  readonly path: string;
  /** Its rows are called `<prefix>/<index>`. */
  readonly prefix: string;
}

/** What the rest of the code must know of a task; everything else follows from it. */
export interface TaskSpec {
  /** As the paper's tables print it. */
  readonly title: string;
  /** Names of the text columns, in the hub's files and in AdvGLUE alike. */
  readonly columns: readonly [string] | readonly [string, string];
  /** The name of label 0, 1, ... (GLUE's order, which AdvGLUE shares). */
  readonly labels: readonly string[];
  /** What the official score averages (AdvGLUE's evaluate.py): QQP counts F1 beside accuracy. */
  readonly metrics: readonly ('accuracy' | 'f1')[];
  readonly train: TaskFile;
  /** Where the hub lacks it, a part of `train` is held out in its place. */
  readonly validation: TaskFile;
  /** Its key in AdvGLUE's files; null if it has no adversarial twin. */
  readonly advGlue: string | null;
}

const nli = ['entailment', 'neutral', 'contradiction'] as const;
const yesNo = ['entailment', 'not_entailment'] as const;

/** The tasks, in the order of the paper's Table 1. */
export const tasks = {
  sst2: {
    title: 'SST-2',
    columns: ['sentence'],
    labels: ['negative', 'positive'],
    metrics: ['accuracy'],
    train: { path: glue('sst2', 'train'), prefix: 'sst2/train' },
    validation: { path: glue('sst2', 'validation'), prefix: 'sst2/validation' },
    advGlue: 'sst2',
  },
  qqp: {
    title: 'QQP',
    columns: ['question1', 'question2'],
    labels: ['not_duplicate', 'duplicate'],
    metrics: ['accuracy', 'f1'],
    train: { path: glue('qqp', 'train'), prefix: 'qqp/train' },
    validation: { path: glue('qqp', 'validation'), prefix: 'qqp/validation' },
    advGlue: 'qqp',
  },
  mnli: {
    title: 'MNLI-m',
    columns: ['premise', 'hypothesis'],
    labels: nli,
    metrics: ['accuracy'],
    train: { path: glue('mnli', 'train'), prefix: 'mnli/train' },
    validation: { path: glue('mnli', 'validation_matched'), prefix: 'mnli/validation_matched' },
    advGlue: 'mnli',
  },
  'mnli-mm': {
    title: 'MNLI-mm',
    columns: ['premise', 'hypothesis'],
    labels: nli,
    metrics: ['accuracy'],
    train: { path: glue('mnli', 'train'), prefix: 'mnli/train' },
    validation: { path: glue('mnli', 'validation_mismatched'), prefix: 'mnli/validation_mismatched' },
    advGlue: 'mnli-mm',
  },
  qnli: {
    title: 'QNLI',
    columns: ['question', 'sentence'],
    labels: yesNo,
    metrics: ['accuracy'],
    train: { path: glue('qnli', 'train'), prefix: 'qnli/train' },
    validation: { path: glue('qnli', 'validation'), prefix: 'qnli/validation' },
    advGlue: 'qnli',
  },
  rte: {
    title: 'RTE',
    columns: ['sentence1', 'sentence2'],
    labels: yesNo,
    metrics: ['accuracy'],
    train: { path: glue('rte', 'train'), prefix: 'rte/train' },
    validation: { path: glue('rte', 'validation'), prefix: 'rte/validation' },
    advGlue: 'rte',
  },
  imdb: {
    title: 'IMDB',
    columns: ['text'],
    labels: ['negative', 'positive'],
    metrics: ['accuracy'],
    train: { path: imdb('train'), prefix: 'imdb/train' },
    validation: { path: imdb('test'), prefix: 'imdb/test' },
    advGlue: null,
  },
} as const satisfies Record<string, TaskSpec>;

export type Task = keyof typeof tasks;

/** The names of all tasks, in the order of the table. */
export const taskNames: readonly Task[] = ['sst2', 'qqp', 'mnli', 'mnli-mm', 'qnli', 'rte', 'imdb'];

/** The tasks that have an adversarial twin: the six columns of Table 1. */
export type GlueTask = Exclude<Task, 'imdb'>;
