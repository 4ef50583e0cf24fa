import { taskLabels } from '../format.ts';
import { majorityOf } from '../majority.ts';
import { adversarialName } from '../main-table.ts';
import type { Results } from '../results.ts';
import { modelColours, modelShapes } from './palette.ts';
import type { PlotDraft } from './plots.ts';
import { subtitle } from './subtitle.ts';

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
  const legend = { title: null, orient: 'right' as const };
  const dashed = { type: 'rule' as const, strokeDash: [4, 3], color: '#777777' };
  return {
    name: 'clean-against-adversarial',
    caption:
      'Clean against adversarial accuracy, one point a run. Dashed lines: always answering the majority class. ' +
      'A run near the vertical line has not learned, and its height says nothing about robustness.',
    spec: {
      title: { text: `${results.input.table.title}: clean against adversarial`, subtitle: subtitle(results) },
      data: { values: [...runs, ...majorityLines(results, tasks)] },
      facet: { field: 'task', type: 'nominal', sort: tasks, title: null },
      columns: Math.min(3, tasks.length),
      spec: {
        width: 210,
        height: 210,
        layer: [
          {
            transform: [{ filter: 'isValid(datum.cleanMajority)' }],
            mark: dashed,
            encoding: { x: { field: 'cleanMajority', type: 'quantitative' } },
          },
          {
            transform: [{ filter: 'isValid(datum.adversarialMajority)' }],
            mark: dashed,
            encoding: { y: { field: 'adversarialMajority', type: 'quantitative' } },
          },
          {
            transform: [{ filter: 'isValid(datum.model)' }],
            mark: { type: 'point', filled: true, size: 70, opacity: 0.85, stroke: 'white', strokeWidth: 0.6 },
            encoding: {
              x: axis('clean', 'clean accuracy, %', runs),
              y: axis('adversarial', `${adversarialName(results)} accuracy, %`, runs),
              color: {
                field: 'model',
                type: 'nominal',
                scale: { domain: models, range: modelColours },
                legend,
              },
              shape: {
                field: 'model',
                type: 'nominal',
                scale: { domain: models, range: modelShapes },
                legend,
              },
            },
          },
        ],
      },
    },
  };
}

/** The same range of both axes in every facet: wide enough for all runs and one half, in steps of ten. */
function axis(field: 'clean' | 'adversarial', title: string, runs: readonly Run[]) {
  const values = [...runs.map((run) => run[field]), 40, 60];
  const domain = [Math.floor(Math.min(...values) / 10) * 10, Math.ceil(Math.max(...values) / 10) * 10];
  return { field, title, type: 'quantitative' as const, scale: { domain, nice: false, zero: false } };
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

function majorityLines(results: Results, tasks: readonly string[]) {
  return results.input.table.columns
    .filter((task) => tasks.includes(taskLabels[task]))
    .flatMap((task) => {
      const [clean, adversarial] = [results.dataSet(task, 'clean'), results.dataSet(task, 'adversarial')];
      return [
        ...(clean === undefined
          ? []
          : [{ task: taskLabels[task], cleanMajority: 100 * majorityOf(clean).accuracy }]),
        ...(adversarial === undefined
          ? []
          : [{ task: taskLabels[task], adversarialMajority: 100 * majorityOf(adversarial).accuracy }]),
      ];
    });
}
