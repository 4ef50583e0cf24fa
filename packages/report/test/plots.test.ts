import { renderReport } from '@im-bert/report';
import { amplifications } from '../src/plots/stability.ts';
import { sampleInput } from './sample-input.ts';

const plotsOf = async (input = sampleInput()): Promise<Readonly<Record<string, string>>> =>
  (await renderReport(input)).plots;

/** Texts of a picture in the order they are drawn. */
const textsOf = (svg: string | undefined): readonly string[] =>
  [...(svg ?? '').matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');

/** Number of drawn symbols of a colour. */
const symbols = (svg: string | undefined, colour: string): number =>
  [...(svg ?? '').matchAll(new RegExp(`aria-roledescription="point"[^>]*fill="${colour}"`, 'gi'))].length;

test('plots are drawn, named after the table', async () => {
  expect(Object.keys(await plotsOf())).toEqual([
    'table1-accuracy.svg',
    'table1-residuals.svg',
    'table1-clean-against-adversarial.svg',
    'table1-stability.svg',
  ]);
});

test('the markdown links every picture', async () => {
  const { markdown, plots } = await renderReport(sampleInput());
  for (const file of Object.keys(plots)) expect(markdown).toContain(`](${file})`);
});

test('accuracy has a mark for each model, task and kind, and the paper’s', async () => {
  const { 'table1-accuracy.svg': svg } = await plotsOf();
  expect(textsOf(svg)).toEqual(
    expect.arrayContaining(['SST-2', 'RTE', 'BERT', 'EX-BERT', 'clean', 'AdvGLUE']),
  );
  expect(symbols(svg, '#0072B2')).toBe(6);
  expect(symbols(svg, '#D55E00')).toBe(6);
  expect(symbols(svg, '#666666')).toBe(6);
});

test('the scatter has one point a run', async () => {
  const { 'table1-clean-against-adversarial.svg': svg } = await plotsOf();
  for (const colour of ['#000000', '#E69F00', '#0072B2']) expect(symbols(svg, colour)).toBe(2 * 3);
});

test('the residual axis is logarithmic, and values it cannot show are counted', async () => {
  const input = sampleInput();
  const trajectories = (input.trajectories ?? []).map((trajectory) => ({
    ...trajectory,
    residuals: [...trajectory.residuals.slice(0, -2), 0, Number.POSITIVE_INFINITY],
  }));
  const { markdown, plots } = await renderReport({ ...input, trajectories });
  expect(plots['table1-residuals.svg']).not.toMatch(/NaN|Infinity/);
  expect(textsOf(plots['table1-residuals.svg'])).toEqual(expect.arrayContaining(['10', '20', '50', '100']));
  expect(markdown).toContain(' 72 values that are zero or not finite are left out.');
});

test('a solver of finitely many steps is stable in a bounded region, unlike the equation that it solves', () => {
  const exact = amplifications['implicit Euler, solved exactly'];
  const descent = amplifications['implicit Euler, Algorithm 1 (T = 5, step 0.1)'];
  const picard = amplifications['implicit Euler, Picard (T = 5, damping 0.5)'];
  expect(amplifications['explicit Euler'](-3)).toBe(-2);
  expect([-1, -2, -4].map((z) => Math.abs(exact(z)) < 1)).toEqual([true, true, true]);
  expect([-1, -2, -4].map((z) => Math.abs(descent(z)) < 1)).toEqual([true, true, false]);
  // Picard contracts by |1 - (1 - z) / 2| an iteration, from the explicit error at the start
  expect(picard(-1)).toBeCloseTo(exact(-1), 10);
  expect(picard(-4) - exact(-4)).toBeCloseTo((-1.5) ** 5 * (-3 - 0.2), 10);
});

test('drift has a point for each model, task and layer, and a table with the clean accuracy', async () => {
  const input = sampleInput({ tasks: ['sst2'] });
  const drifts = input.cells.flatMap(({ row, task, seed }) =>
    [0, 1, 2].map((layer) => ({ row, task, seed, layer, relative: 0.1 * (layer + seed), examples: 50 })),
  );
  const { markdown, plots } = await renderReport({ ...input, drifts });
  const { 'table1-drift.svg': svg } = plots;
  for (const colour of ['#000000', '#E69F00', '#0072B2']) expect(symbols(svg, colour)).toBe(3);
  expect(markdown).toMatch(/\| SST-2 drift, n = 50 \| +clean, % \|/);
  expect(markdown).toMatch(/\| \*\*BERT\*\* +\| +0\.40 ± 0\.10 \| +\d+\.\d ± \d+\.\d \|/);
});

test('spectral radii have a line for each model, with a point for each layer', async () => {
  const input = sampleInput({ tasks: ['sst2'] });
  const spectra = input.cells.flatMap(({ row, task, seed }) =>
    [1, 2].map((layer) => ({ row, task, seed, layer, radius: 0.3 * layer + 0.1 * seed, examples: 16 })),
  );
  const { 'table1-spectra.svg': svg } = await plotsOf({ ...input, spectra });
  for (const colour of ['#000000', '#E69F00', '#0072B2']) expect(symbols(svg, colour)).toBe(2);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['spectral radius', 'layer', 'SST-2']));
});

test('no residuals, no residual plot', async () => {
  expect(Object.keys(await plotsOf({ ...sampleInput(), trajectories: [] }))).not.toContain(
    'table1-residuals.svg',
  );
});
