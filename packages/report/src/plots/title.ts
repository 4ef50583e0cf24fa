import type { Results } from '../results.ts';

/** A plot's title, with what it shows; generated data never passes for real. */
export function plotTitle(results: Results, topic: string) {
  const { table, synthetic } = results.input;
  return {
    text: `${table.title}${synthetic ? ' (synthetic data)' : ''}: ${topic}`,
    subtitle: subtitle(results),
  };
}

function subtitle({ input }: Results): string {
  const seeds = new Set(input.cells.map(({ seed }) => seed)).size;
  return `profile ${input.provenance.profile}, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}`;
}
