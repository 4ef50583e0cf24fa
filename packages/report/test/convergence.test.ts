import { type ReportInput, renderReport } from '@im-bert/report';
import { contractionRatio } from '../src/contraction.ts';
import { sampleInput } from './sample-input.ts';

test.each([
  ['the geometric mean of the quotients', [8, 2, 1, 1], 0.5],
  ['above 1 where the residual grows', [1, 2, 4], 2],
  ['zero where the equation is solved exactly', [1, 0.5, 0], 0],
  ['no number without an iteration', [1], NaN],
  ['no number where a residual is not finite', [1, NaN, 0.5], NaN],
])('the contraction ratio is %s', (_name, residuals, ratio) => {
  expect(Number(contractionRatio(residuals).toFixed(12))).toBe(ratio);
});

const base = sampleInput({ tasks: ['sst2'], seeds: [1, 2] });

/** Residuals of IM-BERT on SST-2, the same for both seeds, by layer from 1. */
const solved = (...layers: readonly (readonly number[])[]): ReportInput => ({
  ...base,
  trajectories: [1, 2].flatMap((seed) =>
    layers.map((residuals, index) => ({ row: 'IM-BERT', task: 'sst2', seed, layer: index + 1, residuals })),
  ),
});

/** The cells of a row of the section on contraction. */
async function cellsOf(input: ReportInput, row: string): Promise<readonly string[] | undefined> {
  const { markdown } = await renderReport(input);
  const [, section = ''] = markdown.split('## How far the layers contract');
  const line = section
    .split('\n## ')[0]
    ?.split('\n')
    .find((text) => text.startsWith(`| **${row}**`));
  return line
    ?.split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test('residual, contraction and spectral radius are means over layers and seeds, beside the worst layer', async () => {
  const spectra = base.cells.flatMap(({ row, task, seed }) =>
    [1, 2].map((layer) => ({ row, task, seed, layer, radius: 0.2 * layer + 0.1 * seed, examples: 16 })),
  );
  const input = { ...solved([1, 0.5, 0.25], [0.8, 0.2, 0.05]), spectra };
  expect(await cellsOf(input, 'IM-BERT')).toEqual([
    ...['SST-2', '0.15 ± 0', '0.25 (layer 1)', '0.38 ± 0', '0.5 (layer 1)'],
    ...['0.45 ± 0.071', '0.55 (layer 2)'],
  ]);
  expect((await cellsOf(input, 'BERT'))?.slice(1)).toEqual([
    '–',
    '–',
    '–',
    '–',
    '0.45 ± 0.071',
    '0.55 (layer 2)',
  ]);
  expect((await renderReport(input)).markdown).not.toContain('they ran before it was measured');
});

test('a layer whose residual grows is named as diverging', async () => {
  const cells = await cellsOf(solved([1, 0.5], [1, 1.5]), 'IM-BERT');
  expect(cells?.[4]).toBe('1.5 (layer 2, diverging)');
  const lost = await cellsOf(solved([1, NaN], [1, 0.5]), 'IM-BERT');
  expect(lost?.slice(1, 5)).toEqual([
    ...['not finite', 'not finite (layer 1)'],
    ...['not finite', 'not finite (layer 1, diverging)'],
  ]);
});

test('finished runs without a spectral radius are counted', async () => {
  expect((await renderReport(solved([1, 0.5]))).markdown).toContain(
    '6 of 6 finished runs have no spectral radius: they ran before it was measured.',
  );
});

test('without residuals and radii there is no such section', async () => {
  expect((await renderReport({ ...base, trajectories: [] })).markdown).not.toContain(
    'How far the layers contract',
  );
});
