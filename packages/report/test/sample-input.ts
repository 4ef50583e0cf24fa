import { type AdvGlueTask, type RandomStream, randomStream } from '@im-bert/core';
import type { Cell, DataSet, ReportInput, TableRow } from '@im-bert/report';

/** What a sample's models can do: chance of a right answer on the clean and on the adversarial set. */
interface Skill {
  readonly clean: number;
  readonly adversarial: number;
}

const classes: Record<AdvGlueTask, number> = { sst2: 2, qqp: 2, qnli: 2, mnli: 3, 'mnli-mm': 3, rte: 2 };

/** What a sample has; every part can be replaced. */
export interface SampleOptions {
  readonly tasks?: readonly AdvGlueTask[];
  readonly seeds?: readonly number[];
  readonly rows?: Readonly<Record<string, Skill>>;
  readonly sizes?: { readonly clean: number; readonly adversarial: number };
  readonly change?: (input: ReportInput) => ReportInput;
}

const defaultRows: Readonly<Record<string, Skill>> = {
  BERT: { clean: 0.8, adversarial: 0.4 },
  'EX-BERT': { clean: 0.75, adversarial: 0.42 },
  'IM-BERT': { clean: 0.76, adversarial: 0.43 },
};

/** A complete report input with predictions drawn from a fixed stream. */
export function sampleInput(options: SampleOptions = {}): ReportInput {
  const { tasks = ['sst2', 'rte'], seeds = [1, 2, 3], rows = defaultRows } = options;
  const change = options.change ?? ((input: ReportInput): ReportInput => input);
  const { clean, adversarial } = options.sizes ?? { clean: 200, adversarial: 60 };
  const random = randomStream(1, 'sample report');
  const dataSets = tasks.flatMap((task): DataSet[] => [
    { task, kind: 'clean', labels: labelsOf(task, clean, random) },
    { task, kind: 'adversarial', labels: labelsOf(task, adversarial, random), levels: levelsOf(adversarial) },
  ]);
  const cells = Object.entries(rows).flatMap(([row, skill]) =>
    tasks.flatMap((task) =>
      seeds.map((seed): Cell => {
        const predict = (kind: 'clean' | 'adversarial'): number[] =>
          (dataSets.find((set) => set.task === task && set.kind === kind)?.labels ?? []).map((label) =>
            random.uniform() < skill[kind] ? label : (label + 1) % classes[task],
          );
        const predictions = { clean: predict('clean'), adversarial: predict('adversarial') };
        return { row, task, seed, outcome: { status: 'done', predictions } };
      }),
    ),
  );
  return change({
    table: {
      id: 'table1',
      title: 'Results on AdvGLUE',
      columns: tasks,
      baseline: 'BERT',
      rows: Object.keys(rows).map(rowOf),
    },
    dataSets,
    cells,
    trajectories: trajectoriesOf(Object.keys(rows), tasks, seeds),
    provenance: {
      command: 'nx run experiments:table1 --profile=small',
      profile: 'small',
      date: '2026-07-31',
      seconds: 4321,
      machine: '2 cores, 8 GB',
      commit: '0123abc',
      versions: { node: '20.20.2' },
      notes: ['1,000 training examples a task.'],
    },
    synthetic: false,
  });
}

function rowOf(name: string): TableRow {
  const known = ['BERT', 'EX-BERT', 'IM-BERT'].includes(name);
  return {
    name,
    group: 'Standard training',
    ...(known ? { paper: { table: 'table1', block: 'dev', row: name } } : {}),
  };
}

function labelsOf(task: AdvGlueTask, count: number, random: RandomStream): number[] {
  return Array.from({ length: count }, () => random.integer(classes[task]));
}

function levelsOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => ['human', 'word', 'word', 'sentence'][index % 4] ?? 'word',
  );
}

function trajectoriesOf(rows: readonly string[], tasks: readonly AdvGlueTask[], seeds: readonly number[]) {
  return rows
    .filter((row) => row.startsWith('IM'))
    .flatMap((row) =>
      tasks.flatMap((task) =>
        seeds.flatMap((seed) =>
          [1, 2, 3, 4, 5, 6].map((layer) => ({
            row,
            task,
            seed,
            layer,
            residuals: [0, 1, 2, 3, 4, 5].map((step) => 12 * layer * (1 + 0.1 * seed) * 0.6 ** step),
          })),
        ),
      ),
    );
}
