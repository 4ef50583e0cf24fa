import { mean } from '@im-bert/core';
import { taskLabels } from '../format.ts';
import type { Results } from '../results.ts';
import { adversarialName } from '../set-names.ts';
import { modelColours, modelShapes } from './palette.ts';
import type { PlotDraft } from './draft.ts';
import { plotTitle } from './title.ts';

/** How far attacks move the first position's state, by layer and model: the paper's claim, measured. */
export function driftPlot(results: Results): PlotDraft | undefined {
  const { rows, columns } = results.input.table;
  const drifts = (results.input.drifts ?? []).filter(({ relative }) => Number.isFinite(relative));
  const values = rows.flatMap(({ name }) =>
    columns.flatMap((task) => {
      const runs = drifts.filter((drift) => drift.row === name && drift.task === task);
      const layers = [...new Set(runs.map(({ layer }) => layer))];
      return layers.map((layer) => ({
        ...{ model: name, task: taskLabels[task], layer },
        relative: mean(runs.filter((run) => run.layer === layer).map(({ relative }) => relative)),
      }));
    }),
  );
  if (values.length === 0) return undefined;
  const models = rows.map(({ name }) => name).filter((name) => values.some(({ model }) => model === name));
  const tasks = columns
    .map((task) => taskLabels[task])
    .filter((task) => values.some((value) => value.task === task));
  return {
    name: 'drift',
    caption:
      `How far an attack moves the state that the classifier reads, layer by layer: distance between the states of the ` +
      `${adversarialName(results)} text and of its original, divided by the original's norm; mean over examples and seeds. ` +
      'Layer 0 is the embeddings’ output. The paper says that implicit connections keep this small.',
    spec: {
      title: plotTitle(results, 'drift under attack'),
      data: { values: [...values] },
      facet: { field: 'task', type: 'nominal', sort: tasks, title: null },
      columns: Math.min(3, tasks.length),
      spec: {
        width: 210,
        height: 210,
        mark: { type: 'line', point: { size: 36, filled: true }, strokeWidth: 1.6 },
        encoding: {
          x: {
            field: 'layer',
            type: 'quantitative',
            axis: { format: 'd', tickMinStep: 1, grid: false },
            title: 'layer (0 = embeddings)',
          },
          y: { field: 'relative', type: 'quantitative', scale: { zero: true }, title: 'relative drift' },
          color: {
            field: 'model',
            type: 'nominal',
            scale: { domain: models, range: modelColours },
            legend: { title: null, orient: 'right' },
          },
          shape: { field: 'model', type: 'nominal', scale: { domain: models, range: modelShapes } },
        },
      },
    },
  };
}
