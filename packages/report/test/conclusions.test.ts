import { renderReport } from '@im-bert/report';
import { sampleInput, type SampleOptions } from './sample-input.ts';

const findings = async (options: SampleOptions): Promise<string> =>
  (await renderReport(sampleInput(options))).markdown.split('## Table')[0] ?? '';

test('models that do not differ are said not to differ', async () => {
  const rows = { BERT: { clean: 0.8, adversarial: 0.4 }, 'IM-BERT': { clean: 0.8, adversarial: 0.4 } };
  const text = await findings({ rows });
  expect(text).toContain(
    'No row differs from BERT on AdvGLUE at the 5 % level (this table: 3 paired comparisons',
  );
  expect(text).toMatch(
    /difference IM-BERT − BERT: nothing here supports it and nothing excludes it \(the mean: paper \+8\.9/,
  );
});

test('a large difference is reported with its clean difference', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.2 }, 'IM-BERT': { clean: 0.8, adversarial: 0.8 } };
  const text = await findings({ rows });
  expect(text).toMatch(
    /these differ from BERT on AdvGLUE.*IM-BERT on SST-2 \+\d+\.\d \(p .*clean −\d+\.\d\)/,
  );
  expect(text).toMatch(/difference IM-BERT − BERT: excluded on/);
});

test('a difference of the size of the paper’s is supported when the data suffice', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.3 }, 'IM-BERT': { clean: 0.9, adversarial: 0.39 } };
  const text = await findings({
    rows,
    tasks: ['sst2'],
    seeds: [1],
    sizes: { clean: 300, adversarial: 2000 },
  });
  expect(text).toMatch(/difference IM-BERT − BERT: supported on/);
});

test('a difference of the size of the paper’s at a lower clean accuracy is not called support', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.3 }, 'IM-BERT': { clean: 0.8, adversarial: 0.39 } };
  const text = await findings({
    rows,
    tasks: ['sst2'],
    seeds: [1],
    sizes: { clean: 300, adversarial: 2000 },
  });
  expect(text).toMatch(/difference IM-BERT − BERT: seen, but at a lower clean accuracy.*clean −\d+\.\d/);
  expect(text).not.toContain('supported on');
});

test('a model that has not learned is named, and its adversarial accuracy is called no robustness', async () => {
  const rows = { BERT: { clean: 0.8, adversarial: 0.3 }, 'EX-BERT': { clean: 0.5, adversarial: 0.5 } };
  const text = await findings({ rows });
  expect(text).toMatch(/Clean accuracy is not clearly above the majority class for EX-BERT on SST-2 \(/);
  expect(text).not.toMatch(/majority class for BERT/);
});

test('a table without a baseline draws no comparison', async () => {
  const input = sampleInput();
  const { id, title, columns, rows } = input.table;
  const { markdown } = await renderReport({ ...input, table: { id, title, columns, rows } });
  expect(markdown).not.toContain('example by example');
  expect(markdown).not.toContain('differs from');
});

const numbersOf = (text = ''): number[] =>
  [...text.replaceAll('−', '-').matchAll(/-?\d+(\.\d+)?/g)].map(([number]) => Number(number));

describe('a row whose solver amplifies rounding', () => {
  const noisy = (deviation?: number): SampleOptions => ({
    tasks: ['sst2'],
    change: (input) => ({
      ...input,
      table: {
        ...input.table,
        rows: input.table.rows.map((row) =>
          row.name === 'IM-BERT'
            ? { ...row, amplifiesRounding: deviation === undefined ? {} : { deviation } }
            : row,
        ),
      },
    }),
  });
  const interval = async (options: SampleOptions): Promise<readonly number[]> => {
    const { markdown } = await renderReport(sampleInput(options));
    const line = markdown.split('**IM-BERT**')[1]?.split('\n')[1] ?? '';
    return [...line.matchAll(/\d+/g)].map(([number]) => Number(number)).slice(1);
  };

  test('is named, with its spread beside that of the seeds', async () => {
    expect(await findings(noisy())).toContain(
      'The solver of IM-BERT can amplify rounding: the same trained weights then answer otherwise on another engine or in other ' +
        'batches. By how much was not measured here',
    );
    expect(await findings(noisy(0.03))).toMatch(
      /IM-BERT on AdvGLUE 3\.0 by arithmetic, \d+\.\d by seed\. Intervals/,
    );
    expect(await findings({ tasks: ['sst2'] })).not.toContain('rounding');
  });

  test('has an interval that contains the noise', async () => {
    const [low = NaN, high = NaN] = await interval(noisy());
    const [lower = NaN, higher = NaN] = await interval(noisy(0.2));
    // 1.96 * 20 / sqrt(3) = 22.6 points to each side, added as roots of squares
    expect(low - lower).toBeGreaterThan(10);
    expect(higher - high).toBeGreaterThan(10);
  });

  test('has averages and differences whose intervals contain it, and p values that do not', async () => {
    const tasks = { tasks: ['sst2', 'rte'] } as const;
    const [calm, rough] = [
      await renderReport(sampleInput({ ...noisy(), ...tasks })),
      await renderReport(sampleInput({ ...noisy(0.2), ...tasks })),
    ];
    const average = ({ markdown }: typeof calm): number[] => {
      const line = markdown.split('**IM-BERT**')[1]?.split('\n')[1] ?? '';
      return numbersOf(line.split('|').at(-2));
    };
    const [[low = NaN, high = NaN], [lower = NaN, higher = NaN]] = [average(calm), average(rough)];
    // 1.96 * 20 / sqrt(2 tasks * 3 seeds) = 16 points to each side, added as roots of squares
    expect(low - lower).toBeGreaterThan(7);
    expect(higher - high).toBeGreaterThan(7);
    const mean = ({ markdown }: typeof calm): string[] => {
      const section = markdown.slice(markdown.indexOf('## Against'));
      const line = /\*\*IM-BERT\*\*[^\n]*\n[^\n]*\n(\|[^\n]* mean of tasks [^\n]*)/.exec(section)?.[1] ?? '';
      return line.split('|').map((cell) => cell.trim());
    };
    const [before, after] = [mean(calm), mean(rough)];
    const width = (cells: string[]): number => {
      const [from = NaN, to = NaN] = numbersOf(cells[4]);
      return to - from;
    };
    expect(width(after)).toBeGreaterThan(width(before) + 10);
    expect(after[8]).toBe(before[8]); // p
  });

  test('measured on clean texts widens the intervals of clean accuracies alone', async () => {
    const input = sampleInput(noisy(0.2));
    const rows = input.table.rows.map((row) =>
      row.amplifiesRounding === undefined
        ? row
        : { ...row, amplifiesRounding: { ...row.amplifiesRounding, on: 'clean' as const } },
    );
    const { markdown } = await renderReport({ ...input, table: { ...input.table, rows } });
    const line = markdown.split('**IM-BERT**')[1]?.split('\n')[1] ?? '';
    expect(numbersOf(line).slice(1)).toEqual(await interval(noisy()));
    expect(markdown).toContain('IM-BERT on clean 20.0 by arithmetic');
  });
});

test('equal cells have equal p values, whatever their rows are called', async () => {
  const base = sampleInput({ tasks: ['sst2'] });
  const twin = { ...base.table.rows[2], name: 'IM-BERT (All)' };
  const { markdown } = await renderReport({
    ...base,
    table: { ...base.table, rows: [...base.table.rows, twin] },
    cells: [
      ...base.cells,
      ...base.cells.filter(({ row }) => row === 'IM-BERT').map((cell) => ({ ...cell, row: twin.name })),
    ],
  });
  const lines = markdown
    .slice(markdown.indexOf('## Against'), markdown.indexOf('## Clean accuracy'))
    .split('\n')
    .filter((line) => line.includes('**IM-BERT'))
    .map((line) =>
      line
        .split('|')
        .slice(2)
        .map((cell) => cell.trim()),
    );
  expect(lines).toHaveLength(2);
  expect(lines[1]).toEqual(lines[0]);
});
