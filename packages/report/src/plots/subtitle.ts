import type { Results } from '../results.ts';

/** The line below a plot's title that keeps generated data from passing for real. */
export function subtitle({ input }: Results): string {
  const seeds = new Set(input.cells.map(({ seed }) => seed)).size;
  const data = input.synthetic ? 'synthetic data, ' : '';
  return `${data}profile ${input.provenance.profile}, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}`;
}
