import { readdir, readFile } from 'node:fs/promises';
import { type ReportInput, renderReport } from '@im-bert/report';
import { marked } from 'marked';
import { sampleInput } from './sample-input.ts';

const names = Array.from({ length: 14 }, (_, index) => `Model ${index + 1}`);
const many = sampleInput({
  tasks: ['sst2', 'qqp', 'rte', 'qnli'],
  seeds: [1],
  rows: Object.fromEntries(names.map((name) => [name, { clean: 0.8, adversarial: 0.4 }])),
  sizes: { clean: 20, adversarial: 20 },
});

const plotsOf = async (input: ReportInput) => (await renderReport(input)).plots;

/** Colour and outline of each mark of a legend: the part of the path after its place. */
function legendMarks(svg = ''): readonly string[] {
  return [...svg.matchAll(/role-legend-symbol[^]*?<path[^>]*?( d="[^"]*")[^>]*?(fill="[^"]*")/g)].map(
    ([, outline, fill]) => `${outline} ${fill}`,
  );
}

test('fourteen models have fourteen marks', async () => {
  const { 'table1-clean-against-adversarial.svg': svg } = await plotsOf(many);
  const marks = legendMarks(svg);
  expect(marks).toHaveLength(14);
  expect(new Set(marks).size).toBe(14);
});

test('no picture is much wider than what it shows', async () => {
  const { 'table1-clean-against-adversarial.svg': svg = '' } = await plotsOf(
    sampleInput({ tasks: ['sst2'] }),
  );
  const width = Number(/<svg[^>]*? width="(\d+)"/.exec(svg)?.[1]);
  // a panel of 420, an axis, and the longest name of the legend, `EX-BERT`
  expect(width).toBeGreaterThan(480);
  expect(width).toBeLessThan(580);
});

test('no label is cut', async () => {
  const input = sampleInput({ tasks: ['sst2'] });
  const attack = { name: 'TextFooler (textattack variant), with a long name', runs: [] };
  for (const svg of Object.values(await plotsOf({ ...input, attack }))) expect(svg).not.toContain('…');
});

test("the paper's numbers under an attack of our own are not called AdvGLUE's", async () => {
  const input = sampleInput({ tasks: ['sst2'] });
  const plots = await plotsOf({ ...input, attack: { name: 'TextFooler', runs: [] } });
  expect(plots['table1-accuracy.svg']).toContain('paper, under attack');
  expect(plots['table1-accuracy.svg']).not.toContain('AdvGLUE<');
});

test('there are as many axes as panels: none stands under an empty place', async () => {
  const { 'table1-clean-against-adversarial.svg': svg = '' } = await plotsOf(many);
  expect([...svg.matchAll(/aria-label="X-axis/g)]).toHaveLength(4);
});

test('every colour of every picture has one for dark pages', async () => {
  const spectra = many.cells.map(({ row, task, seed }) => ({
    ...{ row, task, seed, layer: 1, radius: 0.5, examples: 4 },
  }));
  for (const svg of Object.values(await plotsOf({ ...many, spectra }))) {
    const [style = ''] = /<style>.*?<\/style>/.exec(svg) ?? [];
    const drawn = new Set([...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour = '']) => colour));
    for (const colour of drawn)
      if (colour !== 'none' && !colour.startsWith('rgb(') && !style.includes(`[fill="${colour}" i]`))
        throw new Error(`${colour} stays as it is on a dark page`);
    expect(style).toMatch(/prefers-color-scheme: dark/);
  }
});

/** What is left of asterisks once a CommonMark reader has set a cell's text. */
const seen = (text: string): string =>
  marked
    .parseInline(text, { async: false })
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/[\d)]\*/g, '');

test('names with notes are bold for a CommonMark reader, without asterisks', async () => {
  for (const layout of ['tasks', 'cost', 'attack'] as const) {
    const input = sampleInput({ tasks: ['sst2'] });
    const rename = (name: string): string => `${name} (All)`;
    const { markdown } = await renderReport({
      ...input,
      table: {
        ...input.table,
        ...{ layout, baseline: 'BERT (All)' },
        rows: input.table.rows.map((row) => ({ ...row, name: rename(row.name), note: 'ours' })),
      },
      cells: input.cells.map((cell) => ({ ...cell, row: rename(cell.row) })),
      trajectories: [],
    });
    const [table = ''] = markdown.split('## Table')[1]?.split('\n- ') ?? [];
    expect(table).toContain('(All)¹**');
    expect(seen(table)).not.toContain('*');
  }
});

test('every report of docs/results is free of asterisks for a CommonMark reader', async () => {
  const results = new URL('../../../docs/results/', import.meta.url);
  const folders = (await readdir(results)).filter((name) => !name.includes('.'));
  expect(folders.length).toBeGreaterThan(5);
  for (const folder of folders) {
    const text = await readFile(new URL(`${folder}/report.md`, results), 'utf8');
    const cells = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => line.split('|').map((cell) => cell.trim()));
    expect({ folder, cells: cells.filter((cell) => seen(cell).includes('*')) }).toEqual({
      folder,
      cells: [],
    });
  }
});
