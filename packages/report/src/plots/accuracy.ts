import { taskLabels } from '../format.ts';
import type { Results } from '../results.ts';
import { accuracyPoints, kindNames, majorityMarks } from './accuracy-points.ts';
import { kindColours, ownAxes, panelWidth, type PlotDraft, plotTitle } from './plot.ts';

/** Accuracy by model and task, clean and adversarial side by side, with 95 % intervals and the majority class. */
export function accuracyPlot(results: Results): PlotDraft | undefined {
  const points = accuracyPoints(results);
  if (points.length === 0) return undefined;
  const { columns, rows } = results.input.table;
  const shownTasks = columns
    .map((task) => taskLabels[task])
    .filter((task) => points.some((point) => point.task === task));
  const names = kindNames(results);
  const kinds = [
    names.clean,
    names.adversarial,
    ...(points.some(({ kind }) => kind === names.paper) ? [names.paper] : []),
  ];
  const legend = { title: null, orient: 'top' as const, symbolOpacity: 1 };
  const colour = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: kinds, range: [kindColours.clean, kindColours.adversarial, kindColours.paper] },
    legend,
  };
  const y = {
    field: 'model',
    type: 'nominal' as const,
    sort: rows.map(({ name }) => name),
    title: null,
    axis: { labelLimit: 0, domain: false, ticks: false, labelPadding: 8 },
    scale: { paddingInner: 0.25 },
  };
  const yOffset = { field: 'kind', type: 'nominal' as const, scale: { domain: kinds } };
  const x = (field: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { domain: [0, 100] },
    title: 'accuracy, %',
  });
  const shape = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: kinds, range: ['circle', 'square', 'diamond'] },
    legend,
  };
  return {
    name: 'accuracy',
    caption:
      'Accuracy by model and task: mean over seeds with Wilson’s 95 % interval over examples. Dashed lines: always ' +
      'answering the majority class of the set of the same colour.',
    spec: {
      title: plotTitle(results, 'accuracy by model and task'),
      data: { values: [...points, ...majorityMarks(results, shownTasks)] },
      facet: { field: 'task', type: 'nominal', sort: shownTasks, title: null },
      columns: Math.min(3, shownTasks.length),
      resolve: ownAxes,
      spec: {
        width: panelWidth(shownTasks.length),
        height: { step: 14 },
        layer: [
          {
            transform: [{ filter: 'isValid(datum.majority)' }],
            mark: { type: 'rule', strokeDash: [4, 3] },
            encoding: { x: x('majority'), color: colour },
          },
          {
            transform: [{ filter: 'isValid(datum.low)' }],
            mark: { type: 'rule', strokeWidth: 1.5 },
            encoding: { y, yOffset, x: x('low'), x2: { field: 'high' }, color: colour },
          },
          {
            transform: [{ filter: 'isValid(datum.accuracy)' }],
            mark: { type: 'point', filled: true, size: 55, opacity: 1 },
            encoding: { y, yOffset, x: x('accuracy'), color: colour, shape },
          },
        ],
      },
    },
  };
}
