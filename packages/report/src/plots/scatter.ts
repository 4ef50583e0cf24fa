import { taskLabels } from '../format.ts';
import { majorityOf } from '../majority.ts';
import { adversarialName } from '../set-names.ts';
import { dataSetKinds, type Results } from '../results.ts';
import { modelEncoding, ownAxes, panelWidth, type PlotDraft, plotTitle } from './plot.ts';

/** One run: a row under one seed on one task. */
interface Run {
  readonly task: string;
  readonly model: string;
  readonly clean: number;
  readonly adversarial: number;
}

/** Clean against adversarial accuracy, one point a run, with the majority class of both sets as lines. */
export function scatterPlot(results: Results): PlotDraft | undefined {
  const runs = runsOf(results);
  if (runs.length === 0) return undefined;
  const { columns, rows } = results.input.table;
  const tasks = columns
    .map((task) => taskLabels[task])
    .filter((task) => runs.some((run) => run.task === task));
  const models = rows.map(({ name }) => name).filter((name) => runs.some(({ model }) => model === name));
  const majorities = majorityLines(results, tasks);
  const dashed = { type: 'rule' as const, strokeDash: [4, 3], color: '#777777' };
  return {
    name: 'clean-against-adversarial',
    caption:
      'Clean against adversarial accuracy, one point a run. Dashed lines: always answering the majority class. ' +
      'A run near the vertical line has not learned, and its height says nothing about robustness.',
    spec: {
      title: plotTitle(results, 'clean against adversarial'),
      data: { values: [...runs, ...majorities] },
      facet: { field: 'task', type: 'nominal', sort: tasks, title: null },
      columns: Math.min(3, tasks.length),
      resolve: ownAxes,
      spec: {
        width: panelWidth(tasks.length),
        height: 210,
        layer: [
          {
            transform: [{ filter: '!isValid(datum.model) && isValid(datum.clean)' }],
            mark: dashed,
            encoding: { x: { field: 'clean', type: 'quantitative' } },
          },
          {
            transform: [{ filter: '!isValid(datum.model) && isValid(datum.adversarial)' }],
            mark: dashed,
            encoding: { y: { field: 'adversarial', type: 'quantitative' } },
          },
          {
            transform: [{ filter: 'isValid(datum.model)' }],
            mark: { type: 'point', filled: true, size: 70, opacity: 0.85, stroke: 'white', strokeWidth: 0.6 },
            encoding: {
              x: axis(
                'clean',
                'clean accuracy, %',
                [...runs, ...majorities].flatMap(({ clean }) => clean ?? []),
              ),
              y: axis(
                'adversarial',
                `${adversarialName(results)} accuracy, %`,
                [...runs, ...majorities].flatMap(({ adversarial }) => adversarial ?? []),
              ),
              ...modelEncoding(results, models, 'right'),
            },
          },
        ],
      },
    },
  };
}

/** The same range in every facet: wide enough for all runs and majority lines, in steps of ten. */
function axis(field: string, title: string, values: readonly number[]) {
  const low = Math.max(0, Math.floor((Math.min(...values) - 1) / 10));
  const high = Math.min(10, Math.ceil((Math.max(...values) + 1) / 10));
  const tens = Array.from({ length: high - low + 1 }, (_, index) => 10 * (low + index));
  const scale = { domain: [10 * low, 10 * high], nice: false, zero: false };
  return { field, title, type: 'quantitative' as const, axis: { values: tens }, scale };
}

function runsOf(results: Results): readonly Run[] {
  const { rows, columns } = results.input.table;
  return rows.flatMap((row) =>
    columns.flatMap((task) => {
      const { clean, adversarial } = results.group(row, task).done;
      return clean.flatMap(({ seed, accuracy }) => {
        const twin = adversarial.find((result) => result.seed === seed);
        if (twin === undefined) return [];
        return [
          {
            task: taskLabels[task],
            model: row.name,
            clean: 100 * accuracy,
            adversarial: 100 * twin.accuracy,
          },
        ];
      });
    }),
  );
}

/** The majority class of one set: a line across the task's facet. */
interface MajorityLine {
  readonly task: string;
  readonly clean?: number;
  readonly adversarial?: number;
}

function majorityLines(results: Results, tasks: readonly string[]): readonly MajorityLine[] {
  return results.input.table.columns
    .filter((task) => tasks.includes(taskLabels[task]))
    .flatMap((task) =>
      dataSetKinds.flatMap((kind) => {
        const set = results.dataSet(task, kind);
        return set === undefined ? [] : [{ task: taskLabels[task], [kind]: 100 * majorityOf(set).accuracy }];
      }),
    );
}
