import { taskLabels } from '../format.ts';
import type { Results } from '../results.ts';
import { accuracyPoints, kindNames, majorityMarks } from './accuracy-points.ts';
import { kindColours } from './palette.ts';
import type { PlotDraft } from './plots.ts';
import { subtitle } from './subtitle.ts';

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
  const colour = {
    field: 'kind',
    type: 'nominal' as const,
    scale: { domain: kinds, range: [kindColours.clean, kindColours.adversarial, kindColours.paper] },
    legend: { title: null, orient: 'top' as const },
  };
  const offset = { field: 'kind', type: 'nominal' as const, sort: kinds, scale: { domain: kinds } };
  const x = {
    field: 'model',
    type: 'nominal' as const,
    sort: rows.map(({ name }) => name),
    title: null,
    axis: { labelAngle: -35, labelLimit: 180, grid: false },
    scale: { paddingInner: 0.3 },
  };
  const scale = { domain: [0, 100] };
  return {
    name: 'accuracy',
    caption:
      'Accuracy by model and task: mean over seeds with Wilson’s 95 % interval over examples. Dashed lines: always answering ' +
      'the majority class of the set of the same colour.',
    spec: {
      title: { text: results.input.table.title, subtitle: subtitle(results) },
      data: { values: [...points, ...majorityMarks(results, shownTasks)] },
      facet: { field: 'task', type: 'nominal', sort: shownTasks, title: null },
      columns: Math.min(3, shownTasks.length),
      resolve: { axis: { x: 'independent' } },
      spec: {
        width: Math.max(150, 46 * rows.length),
        height: 190,
        layer: [
          {
            transform: [{ filter: 'isValid(datum.majority)' }],
            mark: { type: 'rule', strokeDash: [4, 3], opacity: 0.8 },
            encoding: { y: { field: 'majority', type: 'quantitative', scale }, color: colour },
          },
          {
            transform: [{ filter: 'isValid(datum.low)' }],
            mark: { type: 'rule', strokeWidth: 1.5 },
            encoding: {
              x,
              xOffset: offset,
              y: { field: 'low', type: 'quantitative', scale, title: 'accuracy, %' },
              y2: { field: 'high' },
              color: colour,
            },
          },
          {
            transform: [{ filter: 'isValid(datum.accuracy)' }],
            mark: { type: 'point', filled: true, size: 55, opacity: 1 },
            encoding: {
              x,
              xOffset: offset,
              y: { field: 'accuracy', type: 'quantitative', scale, title: 'accuracy, %' },
              color: colour,
              shape: {
                field: 'kind',
                type: 'nominal',
                scale: { domain: kinds, range: ['circle', 'square', 'diamond'] },
                legend: { title: null, orient: 'top' },
              },
            },
          },
        ],
      },
    },
  };
}
