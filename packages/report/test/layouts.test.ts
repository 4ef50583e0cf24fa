import { type ReportInput, renderReport, type TableRow } from '@im-bert/report';
import { sampleInput } from './sample-input.ts';

type Change = (row: TableRow) => Partial<TableRow>;

/** The sample on SST-2 in another layout, rows changed. */
function laidOut(
  layout: NonNullable<ReportInput['table']['layout']>,
  change: Change = () => ({}),
): ReportInput {
  return sampleInput({
    tasks: layout === 'level-averages' ? ['sst2', 'rte'] : ['sst2'],
    change: (input) => ({
      ...input,
      table: { ...input.table, layout, rows: input.table.rows.map((row) => ({ ...row, ...change(row) })) },
    }),
  });
}

/** The cells of the main table, by the texts of its first column; those of the paper's lines under `<name> paper`. */
function tableOf(markdown: string): Map<string, Record<string, string>> {
  const from = markdown.indexOf('## Table');
  const lines = markdown
    .slice(from, markdown.indexOf('\n## ', from + 1))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [header = [], , ...body] = lines;
  let last = '';
  return new Map(
    body.map((cells) => {
      const [first = ''] = cells;
      const name = first === '' || first === 'paper' ? `${last} paper` : first.replaceAll(/[*¹²³⁴˒]/g, '');
      if (!name.endsWith(' paper')) last = name;
      return [
        name,
        Object.fromEntries(
          cells.map((cell, index) => [header[index]?.replaceAll(/[*¹²³⁴˒]/g, '') ?? '', cell]),
        ),
      ];
    }),
  );
}

async function mainTable(input: ReportInput) {
  const { markdown } = await renderReport(input);
  expect(markdown).not.toMatch(/NaN|undefined|Infinity|\[object/);
  return { markdown, table: tableOf(markdown) };
}

const cost = { gflops: 50.2878, executedGflops: 61, length: 128, solve: { phi: 5, products: 5 } };

test('Table 3: levels, all examples, the paired test, clean accuracy, cost, and the paper below', async () => {
  const { table, markdown } = await mainTable(
    laidOut('levels', ({ name }) => ({
      cost,
      paper: { table: 'table3', row: name === 'EX-BERT' ? 'Layer (4-6)' : name },
    })),
  );
  expect(Object.keys(table.get('BERT') ?? {}).slice(2)).toEqual([
    ...['word, %', 'sentence, %', 'human, %', 'AdvGLUE, %', 'difference, points, p (adjusted)', 'clean, %'],
    ...['GFLOPs', 'GFLOPs, executed', 'parameters, M'],
  ]);
  expect(table.get('examples (n)')).toMatchObject({
    'word, %': '30',
    'sentence, %': '15',
    'AdvGLUE, %': '60',
    'clean, %': '200',
  });
  expect(table.get('EX-BERT paper')).toMatchObject({
    'word, %': '41.9 ± 1.4',
    'AdvGLUE, %': '41.2 ± 1.6',
    GFLOPs: '50.29',
    'parameters, M': '109.48',
  });
  expect(table.get('EX-BERT')).toMatchObject({
    GFLOPs: '50.29',
    'clean, %': expect.stringMatching(/±/) as string,
  });
  expect(table.get('BERT')?.['difference, points, p (adjusted)']).toBe('baseline');
  expect(table.get('IM-BERT')?.['difference, points, p (adjusted)']).toMatch(/^[+−]?\d+\.\d, p /);
  expect(markdown).toContain('23.3 instead of 29.1');
});

test('the column over all examples weighs every example the same', async () => {
  const { table } = await mainTable(laidOut('levels'));
  const value = (column: string): number => Number(table.get('BERT')?.[column]?.split(' ')[0]);
  const weighted = (30 * value('word, %') + 15 * value('sentence, %') + 15 * value('human, %')) / 60;
  expect(value('AdvGLUE, %')).toBeCloseTo(weighted, 0);
});

test('Table 4: models as columns, levels averaged over tasks, their plain mean as the paper has it', async () => {
  const { table } = await mainTable(
    laidOut('level-averages', ({ name }) =>
      name === 'IM-BERT' ? { paper: { table: 'table4', row: 'IM-RoBERTa' } } : {},
    ),
  );
  expect(table.get('word, % paper')?.['IM-BERT']).toBe('56.3');
  expect(table.get('mean of levels, % paper')?.['IM-BERT']).toBe('48.21');
  const value = (line: string): number => Number(table.get(line)?.['BERT']?.split(' ')[0]);
  const mean = (value('word, %') + value('sentence, %') + value('human, %')) / 3;
  expect(value('mean of levels, %')).toBeCloseTo(mean, 0);
  expect(table.get('word, %')?.['n']).toBe('60');
});

test('Table 5: accuracy under attack, and the clean accuracy, words changed and queries that the paper leaves out', async () => {
  const base = laidOut('attack', ({ name }) => ({
    cost,
    ...(name === 'IM-BERT' ? { paper: { table: 'table5', row: 'T=5' } } : {}),
  }));
  const example = { queries: 100, changedWords: 2, words: 10 };
  const attack = {
    name: 'TextFooler (original)',
    runs: base.cells.map(({ row, task, seed }) => ({
      ...{ row, task, seed },
      examples: [
        { ...example, status: 'success' as const },
        { ...example, status: 'failed' as const, queries: 300, changedWords: 9 },
        { ...example, status: 'skipped' as const, queries: 1, changedWords: 0 },
      ],
    })),
  };
  const { table, markdown } = await mainTable({ ...base, attack });
  expect(table.get('the same texts before, %')?.['BERT']).toBe('66.7 ± 0.0');
  expect(table.get('attacks that succeed, %')?.['BERT']).toBe('50.0 ± 0.0');
  expect(table.get('words changed, % (successes)')?.['BERT']).toBe('20.0 ± 0.0');
  expect(table.get('queries (attacked)')?.['BERT']).toBe('200');
  expect(table.get('clean, %')?.['BERT']).toMatch(/±/);
  expect(table.get('TextFooler (original)’s texts, %')?.['n']).toBe('60');
  expect(table.get('GFLOPs paper')?.['IM-BERT']).toBe('134.10');
  expect(markdown).toContain('Table 5 has no row of BERT');
});

test('Table 6: accuracy beside cost; a row may have a baseline of its own', async () => {
  const { table, markdown } = await mainTable(
    laidOut('cost', ({ name }) => ({ cost, ...(name === 'IM-BERT' ? { baseline: 'EX-BERT' } : {}) })),
  );
  expect(table.get('BERT')).toMatchObject({ GFLOPs: '50.29', 'GFLOPs, executed': '61.00' });
  expect(table.get('EX-BERT')?.['difference, points, p (adjusted)']).toMatch(/p /);
  expect(markdown).toContain('## Against BERT and EX-BERT, example by example');
});

test('solvers: evaluations, the residual at the end of the solve, and drift only where it was measured', async () => {
  const input = laidOut('solvers', () => ({ cost }));
  const trajectories = [1, 2].map((layer) => ({
    ...{ row: 'IM-BERT', task: 'sst2' as const, seed: 1, layer },
    residuals: [1, 0.5, 0.1 * layer],
  }));
  const without = await mainTable({ ...input, trajectories });
  expect(without.table.get('IM-BERT')).toMatchObject({
    'phi + VJP a solve': '5 + 5',
    'residual reached': '0.15',
  });
  expect(without.table.get('IM-BERT')).not.toHaveProperty('drift, last layer');
  const drifts = [0, 1].map((layer) => ({
    ...{ row: 'IM-BERT', task: 'sst2' as const, seed: 1, layer },
    ...{ relative: 0.2 + layer, examples: 9 },
  }));
  const diverged = trajectories.map((one) => ({ ...one, residuals: [1, NaN] }));
  const { table } = await mainTable({ ...input, trajectories: diverged, drifts });
  expect(table.get('IM-BERT')).toMatchObject({
    'residual reached': 'not finite',
    'drift, last layer': '1.20',
  });
});

test("AdvGLUE's test set, where it is there, has a table of its own with the paper's test rows", async () => {
  const base = sampleInput({ tasks: ['sst2'] });
  const test = { task: 'sst2' as const, kind: 'test' as const, labels: [0, 1, 1, 0] };
  const { markdown } = await renderReport({
    ...base,
    table: {
      ...base.table,
      rows: base.table.rows.map((row) =>
        row.name === 'IM-BERT'
          ? { ...row, paperTest: { table: 'table1', block: 'test', row: 'IM-BERT' } }
          : row,
      ),
      published: [{ table: 'table1', block: 'test', row: 'SMART-large' }],
    },
    dataSets: [...base.dataSets, test],
    cells: base.cells.map((cell) =>
      cell.outcome.status === 'done'
        ? {
            ...cell,
            outcome: {
              ...cell.outcome,
              predictions: { ...cell.outcome.predictions, test: [0, 1, cell.row === 'IM-BERT' ? 1 : 0, 0] },
            },
          }
        : cell,
    ),
  });
  const [dev = '', held = ''] = markdown.split('AdvGLUE’s test set:');
  expect(held).toMatch(/\*\*IM-BERT\*\* +\| AdvGLUE test +\| +100\.0 ± 0\.0 \|/);
  expect(held).toMatch(/paper, test +\| +44\.34 \|/);
  expect(held).toContain('**SMART-large**');
  expect(dev).not.toContain('SMART-large');
  expect(markdown).toMatch(/\| +SST-2, test set +\| +\+25\.0 \|.*\| bootstrap \| +3 \|/);
});

test('a table in which nothing ran names the command under every model', async () => {
  for (const layout of ['levels', 'level-averages', 'attack', 'cost', 'solvers'] as const) {
    const input = laidOut(layout);
    const { markdown } = await mainTable({
      ...input,
      dataSets: [],
      trajectories: [],
      cells: input.cells.map((cell) => ({
        ...cell,
        outcome: { status: 'missing', command: 'im-bert run table3' },
      })),
    });
    expect(markdown).toContain('IM-BERT');
    expect(markdown).toContain('Seeds 1, 2 and 3 not run; run it with `im-bert run table3`');
  }
});
