import { readFile } from 'node:fs/promises';
import { advGlueTasks } from '@im-bert/core';
import { type Cell, type ReportInput, renderReport } from '@im-bert/report';
import { sampleInput } from './sample-input.ts';

/** Nothing in a report may look like a number that went wrong. */
function expectNoFalseNumbers(text: string): void {
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
}

const withOutcomes =
  (outcome: (cell: Cell) => Cell['outcome']) =>
  (input: ReportInput): ReportInput => ({
    ...input,
    cells: input.cells.map((cell) => ({ ...cell, outcome: outcome(cell) })),
  });

test('a small report reads exactly as the golden file', async () => {
  const { markdown } = await renderReport(sampleInput());
  const golden = new URL('./fixtures/report.md', import.meta.url);
  expect(markdown).toBe(await readFile(golden, 'utf8'));
});

test('equal input gives equal text and pictures', async () => {
  expect(await renderReport(sampleInput())).toEqual(await renderReport(sampleInput()));
});

test('every adversarial number has the interval, the clean accuracy and the paper right below it', async () => {
  const { markdown } = await renderReport(sampleInput());
  const lines = markdown.split('\n');
  const kinds = ['BERT', 'EX-BERT', 'IM-BERT'].map((name) => {
    const first = lines.findIndex((line) => line.startsWith(`| **${name}**`));
    return lines.slice(first, first + 4).map((line) => line.split('|')[2]?.trim());
  });
  expect(kinds).toEqual(new Array(3).fill(['AdvGLUE', '95 % interval', 'clean', 'paper, dev']));
});

test('six tasks give both averages; fewer say why there is no official score', async () => {
  const six = await renderReport(sampleInput({ tasks: advGlueTasks }));
  expect(six.markdown).toMatch(/\| +Mean of 6 \| Official score \(5\) \|/);
  const two = await renderReport(sampleInput());
  expect(two.markdown).toMatch(/\| +Mean of these 2 \|/);
  expect(two.markdown).toContain(
    'Neither the plain six-task mean nor the official five-task AdvGLUE score can be given: ' +
      'QQP, QNLI, MNLI-m and MNLI-mm are not in this table.',
  );
});

test("the paper's average is recomputed for the tasks of the table", async () => {
  const { markdown } = await renderReport(sampleInput());
  // BERT, SST-2 31.1 and RTE 34.6.
  expect(markdown).toMatch(/\| paper, dev +\| +31\.1 \| +34\.6 \| +32\.9 \|/);
});

test('a failed cell shows its reason, a missing one its command, and neither hides the others', async () => {
  const input = sampleInput({
    tasks: advGlueTasks,
    change: withOutcomes(({ row, task, seed, outcome }) => {
      if (row === 'EX-BERT' && task === 'qqp')
        return { status: 'failed', reason: 'loss was not finite at step 12' };
      if (row === 'IM-BERT' && task === 'rte')
        return { status: 'missing', command: 'im-bert run table1 --row=IM-BERT' };
      if (row === 'BERT' && task === 'sst2' && seed === 2) return { status: 'failed', reason: 'killed' };
      return outcome;
    }),
  });
  const { markdown, plots } = await renderReport(input);
  expectNoFalseNumbers(markdown + Object.values(plots).join(''));
  expect(markdown).toContain('Seed 2 failed: killed');
  expect(markdown).toMatch(/\| +failed[¹²³⁴⁵⁶⁷⁸⁹⁰˒]+ \|/);
  expect(markdown).toMatch(/\| +not run[¹²³⁴⁵⁶⁷⁸⁹⁰˒]+ \|/);
  expect(markdown).toContain('Seeds 1, 2 and 3 failed: loss was not finite at step 12');
  expect(markdown).toContain('Seeds 1, 2 and 3 not run; run it with `im-bert run table1 --row=IM-BERT`');
  expect(markdown).toContain('No average: QQP missing.');
  expect(markdown).toContain('Incomplete: 47 of 54 runs done, 4 failed, 3 not run yet.');
  expect(markdown).toMatch(/\*\*BERT\*\* +\| AdvGLUE +\| +\d+\.\d ± \d+\.\d¹ \|/);
});

test('a report with nothing finished has a table and no pictures', async () => {
  const nothingRun = withOutcomes(() => ({ status: 'missing', command: 'nx run experiments:table1' }));
  const { markdown, plots } = await renderReport({
    ...sampleInput({ change: nothingRun }),
    trajectories: [],
  });
  expectNoFalseNumbers(markdown);
  expect(markdown).not.toContain('## Pictures');
  expect(plots).toEqual({});
});

test('a report without any data set is possible too', async () => {
  const empty = {
    ...sampleInput({ change: withOutcomes(() => ({ status: 'failed', reason: 'no data' })) }),
    dataSets: [],
  };
  const { markdown } = await renderReport(empty);
  expectNoFalseNumbers(markdown);
  expect(markdown).toMatch(/\| examples \(n\) +\| AdvGLUE +\| +– \|/);
});

test('a single seed has no deviation and is tested by McNemar', async () => {
  const { markdown } = await renderReport(sampleInput({ seeds: [7] }));
  expectNoFalseNumbers(markdown);
  expect(markdown.split('## Against')[0]).not.toMatch(/\d ± \d+\.\d \|/);
  expect(markdown).toContain('One seed: the numbers say nothing about the spread between training runs.');
  expect(markdown).toMatch(/\| McNemar +\|/);
});

test('one task has no average, and says so', async () => {
  const { markdown } = await renderReport(sampleInput({ tasks: ['sst2'] }));
  expectNoFalseNumbers(markdown);
  expect(markdown).toContain('With one task there is no average.');
  expect(markdown).not.toContain('mean of tasks');
});

test('generated data is called synthetic wherever it is shown, and never AdvGLUE', async () => {
  const { markdown, summary, plots } = await renderReport({ ...sampleInput(), synthetic: true });
  expect(markdown).toMatch(/^# Results on AdvGLUE \(synthetic data\)/);
  expect(summary).toContain('(synthetic data)');
  for (const [name, svg] of Object.entries(plots))
    if (!name.endsWith('stability.svg')) expect(svg).toContain('synthetic data'); // that one is arithmetic
  const table = summary.split('\n').filter((line) => line.startsWith('|'));
  expect(table.join('\n')).not.toContain('AdvGLUE');
  expect(table.filter((line) => line.includes('synthetic twin'))).toHaveLength(5);
  expect(markdown).not.toContain("The paper's difference");
});

test('published rows that were not run stand below ours', async () => {
  const input = sampleInput({ tasks: advGlueTasks });
  const published = ['FreeLB', 'CreAT'].map((row) => ({ table: 'table1', block: 'dev', row }) as const);
  const { markdown } = await renderReport({ ...input, table: { ...input.table, published } });
  expect(markdown).toMatch(/\| \*\*CreAT\*\* +\| paper, dev +\|.*\| +37\.5 \| +– \|/);
  expect(markdown).toContain('CreAT, which prints 39.1 where its columns give 37.5');
});

test('data held out from training is named', async () => {
  const input = sampleInput();
  const note = 'held out from train; the hub has no validation split';
  const dataSets = input.dataSets.map((set) => (set.kind === 'clean' ? { ...set, note } : set));
  expect((await renderReport({ ...input, dataSets })).markdown).toContain(`- SST-2, clean: ${note}`);
});

test('contradictory input is refused with its place', async () => {
  const input = sampleInput();
  const [first, ...rest] = input.cells;
  if (first === undefined) throw new Error('the sample has cells');
  const short: Cell = { ...first, outcome: { status: 'done', predictions: { clean: [1] } } };
  await expect(renderReport({ ...input, cells: [short, ...rest] })).rejects.toThrow(
    'report input, BERT, sst2, seed 1, clean: expected 200 predictions, one for each label, got 1.',
  );
  await expect(renderReport({ ...input, cells: [first, first] })).rejects.toThrow(
    'got two of BERT, sst2, seed 1',
  );
  await expect(renderReport({ ...input, cells: [{ ...first, row: 'GPT' }] })).rejects.toThrow(
    'got GPT, sst2',
  );
});

test('a skewed set has the balanced accuracy, on which one class is worth chance', async () => {
  const base = sampleInput({ tasks: ['sst2'], seeds: [1] });
  const labels = Array.from({ length: 60 }, (_, index) => Number(index >= 12)); // 12 to 48
  const input: ReportInput = {
    ...base,
    dataSets: base.dataSets.map((set) => (set.kind === 'adversarial' ? { ...set, labels } : set)),
    cells: base.cells.map((cell) =>
      cell.outcome.status === 'done' && cell.row === 'IM-BERT'
        ? {
            ...cell,
            outcome: {
              ...cell.outcome,
              predictions: { ...cell.outcome.predictions, adversarial: labels.map(() => 1) },
            },
          }
        : cell,
    ),
  };
  const { markdown } = await renderReport(input);
  const [, section = ''] = markdown.split('## Balanced accuracy');
  expect(section).toMatch(/\| one class +\| +50\.0 \|/);
  expect(section).toMatch(/\| \*\*IM-BERT\*\* +\| +50\.0 \|/);
  expect((await renderReport(base)).markdown).not.toContain('Balanced accuracy');
});
