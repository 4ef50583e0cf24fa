import { nothing, overSeeds, spread, taskLabels } from './format.ts';
import { markdownTable } from './markdown-table.ts';
import type { Results } from './results.ts';
import { adversarialName } from './set-names.ts';

/** The section with the last layer's drift by model and task, beside the clean accuracy; empty without drifts. */
export function driftSection(results: Results): readonly string[] {
  const drifts = results.input.drifts ?? [];
  if (drifts.length === 0) return [];
  const { columns, rows } = results.input.table;
  const depth = Math.max(...drifts.map(({ layer }) => layer));
  const last = drifts.filter(({ layer }) => layer === depth);
  const lines = rows.flatMap((row) => {
    const cells = columns.flatMap((task) => {
      const values = last.filter((drift) => drift.row === row.name && drift.task === task);
      const { done } = results.group(row, task);
      return [
        values.length === 0 ? nothing : spread(values.map(({ relative }) => relative)),
        done.clean.length === 0 ? nothing : overSeeds(done.clean.map(({ accuracy }) => accuracy)),
      ];
    });
    return cells.every((cell) => cell === nothing) ? [] : [[`**${row.name}**`, ...cells]];
  });
  const counts = columns.map((task) => last.find((drift) => drift.task === task)?.examples ?? 0);
  const header = [
    'Model',
    ...columns.flatMap((task, index) => [`${taskLabels[task]} drift, n = ${counts[index] ?? 0}`, 'clean, %']),
  ];
  return [
    '## How far attacks move the last state',
    markdownTable(header, lines, ['left', ...header.slice(1).map(() => 'right' as const)]),
    `Distance between the last layer's states at the first position of the ${adversarialName(results)} text and of its ` +
      'original, divided by the norm of the latter: mean over examples, ± sample deviation over seeds. Examples that people ' +
      'wrote have no original. A model that has learned less also moves less, so read it beside the clean accuracy.',
  ];
}
