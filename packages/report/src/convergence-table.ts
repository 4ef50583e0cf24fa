import { mean } from '@im-bert/core';
import { contractionRatio } from './contraction.ts';
import { nothing, significant, spread, taskLabels } from './format.ts';
import type { TableTask } from './input.ts';
import { markdownTable } from './markdown-table.ts';
import type { Results } from './results.ts';

/** One number of one layer of one run. */
interface LayerValue {
  readonly seed: number;
  readonly layer: number;
  readonly value: number;
}

/** The section with residual, contraction and spectral radius by model and task; empty where nothing was measured. */
export function convergenceSection(results: Results): readonly string[] {
  const { columns, rows } = results.input.table;
  const lines = rows.flatMap(({ name }) => columns.flatMap((task) => line(results, name, task)));
  if (lines.length === 0) return [];
  const header = [
    ...['Model', 'Task', 'residual reached', 'worst layer', 'contraction ratio', 'worst layer'],
    ...['spectral radius', 'largest'],
  ];
  const alignments = header.map((_, column) => (column < 2 ? ('left' as const) : ('right' as const)));
  return ['## How far the layers contract', markdownTable(header, lines, alignments), explanation(results)];
}

function line({ input }: Results, name: string, task: TableTask): readonly (readonly string[])[] {
  const own = <Item extends { readonly row: string; readonly task: TableTask }>(
    items: readonly Item[] = [],
  ) => items.filter((item) => item.row === name && item.task === task);
  const trajectories = own(input.trajectories);
  const ends = trajectories.map(({ seed, layer, residuals }) => ({
    seed,
    layer,
    value: residuals.at(-1) ?? NaN,
  }));
  const ratios = trajectories.map(({ seed, layer, residuals }) => ({
    ...{ seed, layer },
    value: contractionRatio(residuals),
  }));
  const radii = own(input.spectra).map(({ seed, layer, radius }) => ({ seed, layer, value: radius }));
  if (trajectories.length + radii.length === 0) return [];
  const cells = [
    ...[overLayers(ends), worstLayer(ends)],
    ...[overLayers(ratios), worstLayer(ratios, 1)],
    ...[overLayers(radii), worstLayer(radii)],
  ];
  return [[`**${name}**`, taskLabels[task], ...cells]];
}

const isFinite = ({ value }: LayerValue): boolean => Number.isFinite(value);

/** Mean over layers ± deviation over seeds. */
function overLayers(values: readonly LayerValue[]): string {
  if (values.length === 0) return nothing;
  if (!values.every(isFinite)) return 'not finite';
  const seeds = [...new Set(values.map(({ seed }) => seed))];
  return spread(
    seeds.map((seed) => mean(values.filter((one) => one.seed === seed).map(({ value }) => value))),
    significant,
  );
}

/** The layer with the largest mean over seeds; one that is not finite is larger than all. */
function worstLayer(values: readonly LayerValue[], limit = Infinity): string {
  if (values.length === 0) return nothing;
  const layers = [...new Set(values.map(({ layer }) => layer))];
  const means = layers.map((layer) => {
    const own = values.filter((one) => one.layer === layer);
    return { layer, value: own.every(isFinite) ? mean(own.map(({ value }) => value)) : Infinity };
  });
  const { layer, value } = means.reduce((worst, one) => (one.value > worst.value ? one : worst));
  const text = Number.isFinite(value) ? significant(value) : 'not finite';
  return `${text} (layer ${layer}${value > limit ? ', diverging' : ''})`;
}

function explanation({ input }: Results): string {
  const measured = new Set((input.spectra ?? []).map(({ row, task, seed }) => `${row}/${task}/${seed}`));
  const done = input.cells.filter(({ outcome }) => outcome.status === 'done');
  const without = done.filter(({ row, task, seed }) => !measured.has(`${row}/${task}/${seed}`)).length;
  const examples = Math.max(0, ...(input.spectra ?? []).map((one) => one.examples));
  return (
    'Mean over layers ± sample deviation over seeds, on clean examples. Residual reached: the norm of the implicit equation’s ' +
    'residual over that of phi at the end of the solve. Contraction ratio: by how much one iteration multiplies the residual, ' +
    'geometric mean over the iterations; above 1 the solver diverges. Spectral radius: that of the Jacobian of phi, estimated ' +
    'by Arnoldi’s method with 32 products, to one or two per cent, at the state where the layer ' +
    'evaluates phi (an implicit layer’s output, else its input); below 1, plain fixed-point iteration converges there.' +
    (examples === 0 ? '' : ` It is a mean over up to ${examples} examples.`) +
    (without === 0
      ? ''
      : ` ${without} of ${done.length} finished runs have no spectral radius: they ran before it was measured.`)
  );
}
