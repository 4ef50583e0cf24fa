import type { ResidualTrajectory } from '../input.ts';
import type { Results } from '../results.ts';
import { ownAxes, type PlotDraft, plotTitle } from './plot.ts';

/** The residual of one layer after one iteration: the median over tasks and seeds. */
interface Residual {
  readonly model: string;
  readonly layer: number;
  readonly iteration: number;
  readonly residual: number;
}

/** Solver residual by iteration and layer, on a logarithmic axis. */
export function residualPlot(results: Results): PlotDraft | undefined {
  const { rows } = results.input.table;
  const trajectories = results.input.trajectories ?? [];
  const values = rows.flatMap(({ name }) => medians(trajectories.filter(({ row }) => row === name)));
  if (values.length === 0) return undefined;
  const models = rows.map(({ name }) => name).filter((name) => values.some(({ model }) => model === name));
  const layers = [...new Set(values.map(({ layer }) => layer))].sort((a, b) => a - b);
  const iterations = Math.max(...values.map(({ iteration }) => iteration));
  return {
    name: 'residuals',
    caption:
      'Residual norm of the implicit Euler equation after each iteration of the solver, by layer: the median over tasks and seeds of ' +
      `the mean over examples, on a logarithmic axis. A falling line converges.${dropped(trajectories)}`,
    spec: {
      title: plotTitle(results, 'the solver, layer by layer'),
      data: { values: [...values] },
      facet: { field: 'model', type: 'nominal', sort: models, title: null },
      columns: Math.min(3, models.length),
      resolve: ownAxes,
      spec: {
        width: 210,
        height: 220,
        mark: { type: 'line', point: { size: 30, filled: true }, strokeWidth: 1.6 },
        encoding: {
          x: {
            field: 'iteration',
            type: 'quantitative',
            axis: { values: ticks(iterations), format: 'd', grid: false },
            scale: { domain: [0, iterations], nice: false },
            title: 'iteration (0 = start)',
          },
          y: {
            field: 'residual',
            type: 'quantitative',
            scale: { type: 'log', nice: true },
            axis: {
              labelExpr: "format(datum.value, datum.value >= 0.01 && datum.value < 1e5 ? '~f' : '.0e')",
              values: logTicks(values.map(({ residual }) => residual)),
            },
            title: 'residual norm',
          },
          color: {
            field: 'layer',
            type: 'ordinal',
            sort: layers,
            // Viridis keeps its order for the colour-blind; its palest end is cut off because it vanishes on white.
            scale: { scheme: { name: 'viridis', extent: [0, 0.88] } },
            legend: { title: 'layer', orient: 'right', symbolType: 'stroke', symbolStrokeWidth: 3 },
          },
        },
      },
    },
  };
}

function ticks(iterations: number): number[] {
  const step = Math.max(1, Math.ceil(iterations / 6));
  return Array.from({ length: Math.floor(iterations / step) + 1 }, (_, index) => index * step);
}

/** Powers of ten that cover the values, with 2 and 5 between them where they span few. */
function logTicks(values: readonly number[]): number[] {
  const [low, high] = [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ];
  const digits = high - low <= 2 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
}

const isShown = (residual: number): boolean => Number.isFinite(residual) && residual > 0;

function medians(trajectories: readonly ResidualTrajectory[]): readonly Residual[] {
  const layers = [...new Set(trajectories.map(({ layer }) => layer))];
  return layers.flatMap((layer) => {
    const runs = trajectories.filter((trajectory) => trajectory.layer === layer);
    const longest = Math.max(...runs.map(({ residuals }) => residuals.length));
    return Array.from({ length: longest }, (_, iteration) => iteration).flatMap((iteration) => {
      const values = runs.flatMap(({ residuals }) => residuals[iteration] ?? []).filter(isShown);
      const model = runs[0]?.row ?? '';
      return values.length === 0 ? [] : [{ model, layer, iteration, residual: median(values) }];
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

/** A logarithmic axis has no place for zero or infinity: say how many were left out. */
function dropped(trajectories: readonly ResidualTrajectory[]): string {
  const count = trajectories
    .flatMap(({ residuals }) => residuals)
    .filter((residual) => !isShown(residual)).length;
  return count === 0 ? '' : ` ${count} values that are zero or not finite are left out.`;
}
