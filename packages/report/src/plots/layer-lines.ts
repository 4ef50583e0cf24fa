import { mean } from '@im-bert/core';
import { taskLabels } from '../format.ts';
import type { TableTask } from '../input.ts';
import type { Results } from '../results.ts';
import { modelEncoding, ownAxes, panelWidth, type PlotDraft, plotTitle } from './plot.ts';

/** One number of one layer of one run. */
interface LayerValue {
  readonly row: string;
  readonly task: TableTask;
  readonly layer: number;
  readonly value: number;
}

/** What a plot by layer shows. */
interface LayerLines {
  readonly name: string;
  readonly topic: string;
  readonly caption: string;
  readonly layerTitle: string;
  readonly valueTitle: string;
}

/** A panel for each task with a line for each model: the mean over seeds by layer. Values that are not finite are left out. */
export function layerLines(
  results: Results,
  measured: readonly LayerValue[],
  { name, topic, caption, layerTitle, valueTitle }: LayerLines,
): PlotDraft | undefined {
  const { rows, columns } = results.input.table;
  const finite = measured.filter(({ value }) => Number.isFinite(value));
  const values = rows.flatMap((row) =>
    columns.flatMap((task) => {
      const runs = finite.filter((one) => one.row === row.name && one.task === task);
      const layers = [...new Set(runs.map(({ layer }) => layer))];
      return layers.map((layer) => ({
        ...{ model: row.name, task: taskLabels[task], layer },
        value: mean(runs.filter((run) => run.layer === layer).map(({ value }) => value)),
      }));
    }),
  );
  if (values.length === 0) return undefined;
  const models = rows.map((row) => row.name).filter((row) => values.some(({ model }) => model === row));
  const tasks = columns
    .map((task) => taskLabels[task])
    .filter((task) => values.some((value) => value.task === task));
  return {
    name,
    caption,
    spec: {
      title: plotTitle(results, topic),
      data: { values: [...values] },
      facet: { field: 'task', type: 'nominal', sort: tasks, title: null },
      columns: Math.min(3, tasks.length),
      resolve: ownAxes,
      spec: {
        width: panelWidth(tasks.length),
        height: 210,
        mark: { type: 'line', point: { size: 36, filled: true }, strokeWidth: 1.6 },
        encoding: {
          x: {
            field: 'layer',
            type: 'quantitative',
            axis: { format: 'd', tickMinStep: 1, grid: false },
            title: layerTitle,
          },
          y: { field: 'value', type: 'quantitative', scale: { zero: true }, title: valueTitle },
          ...modelEncoding(results, models, 'right'),
        },
      },
    },
  };
}
