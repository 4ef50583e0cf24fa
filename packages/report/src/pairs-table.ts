import { nothing, overSeeds, taskLabels } from './format.ts';
import type { PairedAnswers } from './input.ts';
import { markdownTable } from './markdown-table.ts';
import type { Results } from './results.ts';
import { adversarialName } from './set-names.ts';

/** The section with each model's accuracy on the texts before the attack and what the attack left of it; empty without pairs. */
export function pairsSection(results: Results): readonly string[] {
  const { table, pairs = [] } = results.input;
  if (pairs.length === 0) return [];
  const lines = table.rows.flatMap((row) =>
    table.columns.flatMap((task) => {
      const own = pairs.filter((pair) => pair.row === row.name && pair.task === task);
      if (own.length === 0) return [];
      const seeds = new Set(own.map(({ seed }) => seed));
      const clean = results.group(row, task).done.clean.filter(({ seed }) => seeds.has(seed));
      const shares = lostShares(own);
      return [
        [
          ...[`**${row.name}**`, taskLabels[task], String(own[0]?.examples ?? 0)],
          overSeeds(own.map(({ rightBefore, examples }) => rightBefore / examples)),
          overSeeds(own.map(({ rightBoth, examples }) => rightBoth / examples)),
          shares.length === 0 ? nothing : overSeeds(shares),
          clean.length === 0 ? nothing : overSeeds(clean.map(({ accuracy }) => accuracy)),
        ],
      ];
    }),
  );
  const header = ['Model', 'Task', 'pairs', 'before, %', 'before and after, %', 'lost, %', 'clean, %'];
  const alignments = header.map((_, column) => (column < 2 ? ('left' as const) : ('right' as const)));
  const done = results.input.cells.filter(({ outcome }) => outcome.status === 'done').length;
  return [
    '## What attacks take',
    markdownTable(header, lines, alignments),
    `Of the ${adversarialName(results)} texts whose original is known: share of the originals that the model has right, share ` +
      'of the pairs that it has right both before and after the attack, and the share of its right answers that the attack ' +
      'turned wrong; mean ± sample deviation over seeds. A model that gives every text one class loses nothing, and one that ' +
      'guesses between two loses half.' +
      (pairs.length < done
        ? ` ${done - pairs.length} of ${done} finished runs are left out: they ran before this was measured.`
        : ''),
  ];
}

/** The shares of right answers that the attack turned wrong, one a run; runs with nothing right have none. */
export function lostShares(pairs: readonly PairedAnswers[]): readonly number[] {
  return pairs.flatMap(({ rightBefore, rightBoth }) =>
    rightBefore === 0 ? [] : [1 - rightBoth / rightBefore],
  );
}
