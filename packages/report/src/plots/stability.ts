import type { Results } from '../results.ts';
import { modelColours, type PlotDraft } from './plot.ts';

/**
 * h_t / h_{t-1} on the linear model equation dh/dt = lambda·h, at z = step · lambda (real), by method: below 1 in magnitude
 * an error shrinks. Propositions 1 and 2 speak of the first two; the others are what a solver of finitely many steps gives.
 */
export const amplifications = {
  'explicit Euler': (z: number): number => 1 + z,
  'implicit Euler, solved exactly': (z: number): number => 1 / (1 - z),
  'implicit Euler, Algorithm 1 (T = 5, step 0.1)': (z: number): number =>
    iterated(z, (a) => a - 0.2 * (1 - z) * ((1 - z) * a - 1)),
  'implicit Euler, Picard (T = 5, damping 0.5)': (z: number): number =>
    iterated(z, (a) => a - 0.5 * ((1 - z) * a - 1)),
} as const satisfies Record<string, (z: number) => number>;

/** Five iterations from the explicit step. */
function iterated(z: number, step: (a: number) => number): number {
  return Array.from({ length: 5 }).reduce<number>((a) => step(a), 1 + z);
}

const [left, right, top, points] = [-5, 0.9, 3, 237];

/** Absolute stability of the paper's methods, where the table has an implicit model. No data: arithmetic. */
export function stabilityPlot(results: Results): PlotDraft | undefined {
  if ((results.input.trajectories ?? []).length === 0) return undefined;
  const methods = Object.keys(amplifications);
  const values = Object.entries(amplifications).flatMap(([method, amplification]) =>
    Array.from({ length: points }, (_, index) => left + ((right - left) * index) / (points - 1))
      .map((z) => ({ method, z, size: Math.abs(amplification(z)) }))
      .filter(({ size }) => size <= top),
  );
  return {
    name: 'stability',
    caption:
      'The linear model equation of Propositions 1 and 2 (arithmetic, no data): by how much one step multiplies an error, ' +
      'against step size times lambda. Below the dashed line errors shrink. Implicit Euler is stable for every negative ' +
      'lambda only if its equation is solved; five steps of Algorithm 1 or of Picard are stable in a bounded region, as the ' +
      'explicit method is.',
    spec: {
      title: { text: 'Stability on the linear model equation', subtitle: 'one step, real lambda' },
      width: 460,
      height: 240,
      layer: [
        {
          data: { values: [...values] },
          mark: { type: 'line', strokeWidth: 1.8 },
          encoding: {
            x: {
              field: 'z',
              type: 'quantitative',
              scale: { domain: [left, 1] },
              title: 'step size · lambda',
            },
            y: {
              field: 'size',
              type: 'quantitative',
              scale: { domain: [0, top] },
              title: 'multiple of an error after one step',
            },
            color: {
              field: 'method',
              type: 'nominal',
              scale: { domain: methods, range: modelColours },
              legend: { title: null, orient: 'bottom', columns: 1, labelLimit: 0 },
            },
          },
        },
        {
          data: { values: [{ one: 1 }] },
          mark: { type: 'rule', strokeDash: [4, 3], color: '#777777' },
          encoding: { y: { field: 'one', type: 'quantitative' } },
        },
      ],
    },
  };
}
