import { nothing, overSeeds, taskLabels } from './format.ts';
import { markdownTable } from './markdown-table.ts';
import { measured, type MeasuredSection } from './measured.ts';

const counts = [
  'examples',
  'right',
  'balanced',
  'pairs',
  'pairsRight',
  'changed',
  'flipped',
  'inTraining',
] as const;
const header = [
  'Set',
  'Model',
  'Task',
  'texts',
  'right, %',
  'balanced, %',
  'pairs right, %',
  'flipped, %',
  'in train',
];

/** Every model on the further sets that the experiment names, whole and part by part; empty where it names none. */
export const otherSetsSection: MeasuredSection = {
  text: (results) => {
    const found = measured(results, 'sets', counts, ['set', 'title', 'part']);
    if (found.length === 0) return [];
    const { rows, columns } = results.input.table;
    const names = [...new Map(found.map((one) => [`${one.set}/${one.part}`, one])).values()];
    const lines = names.flatMap(({ set, title, part }) =>
      rows.flatMap(({ name }) =>
        columns.flatMap((task) => {
          const runs = found.filter(
            (one) => one.set === set && one.part === part && one.row === name && one.task === task,
          );
          const [first] = runs;
          if (first === undefined) return [];
          const share = (of: (run: (typeof runs)[number]) => number): string =>
            runs.some((run) => !Number.isFinite(of(run))) ? nothing : overSeeds(runs.map(of));
          return [
            [
              ...[
                part === '' ? title : `${title}: ${part}`,
                `**${name}**`,
                taskLabels[task],
                String(first.examples),
              ],
              share(({ right, examples }) => right / examples),
              share(({ balanced }) => balanced),
              share(({ pairsRight, pairs }) => pairsRight / pairs),
              share(({ flipped, changed }) => flipped / changed),
              Number.isFinite(first.inTraining) ? String(first.inTraining) : nothing,
            ],
          ];
        }),
      ),
    );
    const alignments = header.map((_, column) => (column < 3 ? ('left' as const) : ('right' as const)));
    return ['## Other sets', markdownTable(header, lines, alignments), explanation];
  },
};

const explanation =
  'Balanced: the mean over classes of the share that is right. Pairs right: of the texts that answer each other, such as a ' +
  'review and its revision, the pairs of which all are right. Flipped: of the texts whose wording before a change is known, the ' +
  'share whose answer the change turns into another, right or wrong. In train: texts of the whole set whose first 100 letters and ' +
  'digits are those of a text of the task’s training data. Where set and task have other classes, classes are joined before they ' +
  'are compared. Mean ± sample deviation over seeds; no differences are tested here.';
