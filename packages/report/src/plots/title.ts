import type { Results } from '../results.ts';

/** A plot's title, with what it shows; generated data never passes for real. */
export function plotTitle(results: Results, topic: string) {
  const { table, synthetic } = results.input;
  return {
    text: `${table.title}${synthetic ? ' (synthetic data)' : ''}: ${topic}`,
    subtitle: subtitle(results),
  };
}

/** Width of each of so many panels beside one another, in pixels: one alone is as wide as its title. */
export function panelWidth(panels: number): number {
  return panels === 1 ? 420 : 210;
}

function subtitle({ input }: Results): string {
  const seeds = new Set(input.cells.map(({ seed }) => seed)).size;
  return `profile ${input.provenance.profile}, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}`;
}
