import { overSeeds, spread, taskLabels } from './format.ts';
import { markdownTable } from './markdown-table.ts';
import { measured, type MeasuredSection } from './measured.ts';
import { modelEncoding, panelWidth, type PlotDraft, plotTitle } from './plots/plot.ts';
import type { Results } from './results.ts';
import { measuredSetName } from './set-names.ts';

const kinds = ['clean', 'adversarial'] as const;

type Bin = ReturnType<typeof read>[number];

function read(results: Results) {
  return measured(results, 'calibration', ['bin', 'examples', 'right', 'confidence', 'brier'], ['split']);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Expected calibration error and Brier score of each model, and the reliability diagram behind them. */
export const calibrationSection: MeasuredSection = {
  text: (results) => {
    const bins = read(results);
    if (bins.length === 0) return [];
    const { rows, columns } = results.input.table;
    const lines = rows.flatMap(({ name }) =>
      columns.flatMap((task) =>
        kinds.flatMap((kind) => {
          const own = bins.filter((bin) => bin.row === name && bin.task === task && bin.split === kind);
          const seeds = [...new Set(own.map(({ seed }) => seed))].map((seed) =>
            own.filter((bin) => bin.seed === seed),
          );
          if (seeds.length === 0) return [];
          const scores = [overSeeds(seeds.map(calibrationError)), spread(seeds.map(brierScore))];
          return [[`**${name}**`, taskLabels[task], measuredSetName(results, kind), ...scores]];
        }),
      ),
    );
    const header = ['Model', 'Task', 'Set', 'calibration error, points', 'Brier score'];
    const alignments = ['left', 'left', 'left', 'right', 'right'] as const;
    return ['## Are confidences frequencies?', markdownTable(header, lines, alignments), explanation];
  },
  plot: reliabilityPlot,
};

const explanation =
  'Expected calibration error: distance between the mean confidence of a bin (the largest probability, in ten bins) and the ' +
  'share of its examples that the model has right, mean over examples. Brier score: squared distance of the probabilities from ' +
  'the label’s, summed over classes; 0 is best, and equal probabilities for two classes give 0.5. Mean ± sample deviation over seeds.';

/** From 0 to 1. */
function calibrationError(bins: readonly Bin[]): number {
  const off = bins.map(({ examples, right, confidence }) => Math.abs(right - examples * confidence));
  return sum(off) / sum(bins.map(({ examples }) => examples));
}

function brierScore(bins: readonly Bin[]): number {
  return sum(bins.map(({ examples, brier }) => examples * brier)) / sum(bins.map(({ examples }) => examples));
}

/** Share of right answers against confidence on the adversarial sets, all seeds and tasks of a model together. */
function reliabilityPlot(results: Results): PlotDraft | undefined {
  const bins = read(results).filter(({ split }) => split === 'adversarial');
  const values = results.input.table.rows.flatMap(({ name }) => {
    const own = bins.filter(({ row }) => row === name);
    return [...new Set(own.map(({ bin }) => bin))].map((bin) => {
      const inBin = own.filter((one) => one.bin === bin);
      const examples = sum(inBin.map((one) => one.examples));
      return {
        model: name,
        examples,
        confidence: sum(inBin.map((one) => one.examples * one.confidence)) / examples,
        right: sum(inBin.map((one) => one.right)) / examples,
      };
    });
  });
  if (values.length === 0) return undefined;
  const models = [...new Set(values.map(({ model }) => model))];
  const axis = (field: string, title: string) => ({
    field,
    title,
    type: 'quantitative' as const,
    scale: { domain: [0, 1] },
  });
  return {
    name: 'reliability',
    caption:
      `Share of right answers on ${measuredSetName(results, 'adversarial')} against the model’s confidence, a point a tenth of confidence, all seeds ` +
      'and tasks together. On the diagonal confidences are frequencies; below it the model is too sure of itself.',
    spec: {
      title: plotTitle(results, 'reliability'),
      width: panelWidth(1),
      height: 300,
      layer: [
        {
          data: {
            values: [
              { confidence: 0, right: 0 },
              { confidence: 1, right: 1 },
            ],
          },
          mark: { type: 'line', strokeDash: [4, 3], color: '#666666' },
          encoding: { x: axis('confidence', 'confidence'), y: axis('right', 'share right') },
        },
        {
          data: { values },
          mark: { type: 'line', point: { size: 36, filled: true }, strokeWidth: 1.6 },
          encoding: {
            x: axis('confidence', 'confidence'),
            y: axis('right', 'share right'),
            ...modelEncoding(results, models, 'right'),
          },
        },
      ],
    },
  };
}
