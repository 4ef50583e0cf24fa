import { type Interval, mean, sampleDeviation, wilsonInterval, withNoise } from '@im-bert/core';
import { nothing, percent, percentInterval, significant, taskLabels } from './format.ts';
import { markdownTable } from './markdown-table.ts';
import { measured, type MeasuredSection } from './measured.ts';
import type { Results } from './results.ts';
import { measuredSetName } from './set-names.ts';

type Draw = ReturnType<typeof read>[number];

function read(results: Results) {
  return measured(
    results,
    'sensitivity',
    ['draw', 'right', 'flipped', 'examples', 'growth', 'logitShift'],
    ['split'],
  );
}

/** What rounding does to the answers of each model, and intervals of accuracies that contain it. */
export const sensitivitySection: MeasuredSection = {
  text: (results) => {
    const draws = read(results);
    if (draws.length === 0) return [];
    const { rows, columns } = results.input.table;
    const lines = rows.flatMap((row) =>
      columns.flatMap((task) => {
        const own = draws.filter((draw) => draw.row === row.name && draw.task === task);
        return own.length === 0
          ? []
          : [
              [
                `**${row.name}**`,
                taskLabels[task],
                measuredSetName(results, own[0]?.split ?? 'adversarial'),
                ...cells(own),
              ],
            ];
      }),
    );
    const header = [
      ...['Model', 'Task', 'Set', 'growth', 'largest change of a score', 'answers that flip', 'accuracy, %'],
      ...['over draws, %', '± rounding, points', '± seeds, points', '95 % interval with rounding'],
    ];
    const alignments = header.map((_, column) => (column < 3 ? ('left' as const) : ('right' as const)));
    return ['## What rounding decides', markdownTable(header, lines, alignments), explanation(draws)];
  },
};

/** One accuracy a draw of noise, of one seed's model. */
function accuracies(draws: readonly Draw[]): readonly number[] {
  return draws.map(({ right, examples }) => right / examples);
}

function cells(own: readonly Draw[]): readonly string[] {
  const seeds = [...new Set(own.map(({ seed }) => seed))].map((seed) =>
    own.filter((draw) => draw.seed === seed),
  );
  const noisy = own.filter(({ draw }) => draw > 0);
  const examples = own[0]?.examples ?? 0;
  const calm = accuracies(own.filter(({ draw }) => draw === 0));
  const all = accuracies(own);
  const rounding = Math.sqrt(mean(seeds.map((draws) => (sampleDeviation(accuracies(draws)) ?? 0) ** 2)));
  const between = sampleDeviation(calm);
  return [
    significant(Math.exp(mean(own.map(({ growth }) => Math.log(growth))))),
    significant(Math.max(...own.map(({ logitShift }) => logitShift))),
    `${mean(noisy.map(({ flipped }) => flipped)).toFixed(1)} of ${examples}`,
    percent(mean(calm)),
    `${percent(Math.min(...all))} – ${percent(Math.max(...all))}`,
    percent(rounding),
    between === undefined ? nothing : percent(between),
    percentInterval(interval(mean(calm), examples, rounding)),
  ];
}

function interval(accuracy: number, examples: number, rounding: number): Interval {
  return withNoise(wilsonInterval(accuracy * examples, examples), accuracy, rounding);
}

function explanation(draws: readonly Draw[]): string {
  const count = Math.max(...draws.map(({ draw }) => draw));
  return (
    `Every word embedding is changed by one unit in its last place (1.2e-7 of it), up or down at random, ${count} times, as ` +
    'another engine, machine or order of sums would change it. Growth: how many times larger a small relative change leaves the ' +
    'encoder than it came in, along the direction that one power iteration finds, geometric mean over examples. Answers that ' +
    'flip: mean over draws and seeds. ± rounding: standard deviation of an accuracy over the draws; ± seeds: over training ' +
    'runs. The interval is Wilson’s over examples, widened by rounding. Where answers flip, accuracies on two machines or ' +
    'engines differ by as much without either being wrong.'
  );
}
