import { mcNemarExact } from '@im-bert/core';
import { type DataSet, type ReportInput, renderReport, type TableLayout } from '@im-bert/report';
import { sampleInput } from './sample-input.ts';

/** The lines of the table under a heading, by model, as texts by column. */
async function linesUnder(heading: string, input: ReportInput): Promise<Map<string, Record<string, string>>> {
  const { markdown } = await renderReport(input);
  const from = markdown.indexOf(`## ${heading}`);
  const [header = [], , ...body] = markdown
    .slice(from, markdown.indexOf('\n## ', from + 1))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('**', '')),
    );
  return new Map(
    body.map((cells) => [
      cells[0] ?? '',
      Object.fromEntries(cells.map((cell, index) => [header[index] ?? '', cell])),
    ]),
  );
}

const against = async (input: ReportInput) => linesUnder('Against BERT, example by example', input);
const clean = async (input: ReportInput) => linesUnder('Clean accuracy: is it the same?', input);

/** One set of labels 1 and what each of two rows answers to it, per seed. */
function twoRows(answers: readonly (readonly number[])[], table: Partial<TableLayout> = {}): ReportInput {
  const base = sampleInput({ tasks: ['sst2'], seeds: answers.map((_, index) => index + 1) });
  const n = answers[0]?.length ?? 0;
  const set = (kind: 'clean' | 'adversarial'): DataSet => ({
    ...{ task: 'sst2', kind },
    labels: new Array<number>(n).fill(1),
  });
  // BERT has the first half right
  const bert = Array.from({ length: n }, (_, index) => Number(index < n / 2));
  return {
    ...base,
    table: { ...base.table, rows: [{ name: 'BERT' }, { name: 'IM-BERT' }], ...table },
    dataSets: [set('clean'), set('adversarial')],
    cells: answers.flatMap((own, index) =>
      [bert, own].map((predicted, row) => ({
        ...{ row: ['BERT', 'IM-BERT'][row] ?? '', task: 'sst2' as const, seed: index + 1 },
        outcome: { status: 'done' as const, predictions: { clean: predicted, adversarial: predicted } },
      })),
    ),
    trajectories: [],
  };
}

/** Answers to 60 texts of which BERT has 30 right: so many of those lost, so many of the others won. */
const answers = (lost: number, gained: number): number[] => [
  ...Array.from({ length: 30 }, (_, index) => Number(index >= lost)),
  ...Array.from({ length: 30 }, (_, index) => Number(index < gained)),
];

test("the p under McNemar's name is that of McNemar's test, and the answers that changed stand beside it", async () => {
  const line = (await against(twoRows([answers(5, 9)]))).get('IM-BERT');
  expect(line).toMatchObject({ test: 'McNemar', 'wrong to right': '9', 'right to wrong': '5' });
  expect(line?.['p']).toBe(mcNemarExact(9, 5).toFixed(3)); // 0.424, where the bootstrap says about 0.3
  expect(mcNemarExact(9, 5)).toBeCloseTo(0.424, 3);
});

test('several seeds are tested by bootstrap, and their changed answers are summed', async () => {
  const line = (await against(twoRows([answers(5, 9), answers(1, 2)]))).get('IM-BERT');
  expect(line).toMatchObject({
    test: 'bootstrap',
    'wrong to right': '11',
    'right to wrong': '6',
    seeds: '2',
  });
});

test('examples that belong together are tested as groups, not by McNemar', async () => {
  const input = twoRows([answers(2, 14)]);
  const grouped = {
    ...input,
    dataSets: input.dataSets.map((set) => ({
      ...set,
      groups: set.labels.map((_, index) => `premise ${Math.floor(index / 10)}`),
    })),
  };
  const [alone, together] = [
    (await against(input)).get('IM-BERT'),
    (await against(grouped)).get('IM-BERT'),
  ] as const;
  expect([alone?.['test'], together?.['test']]).toEqual(['McNemar', 'bootstrap']);
  const width = (text = ''): number => {
    const [low = NaN, high = NaN] = text.split(' to ').map((end) => Number(end.replace('−', '-')));
    return high - low;
  };
  expect(width(together?.['95 % interval'])).toBeGreaterThan(1.5 * width(alone?.['95 % interval']));
});

describe('a family of comparisons', () => {
  const row = answers(2, 12); // p = 0.013
  const inFamily = async (size: number) => {
    const input = twoRows([row], { family: { name: 'AdvGLUE, against BERT', size } });
    return { line: (await against(input)).get('IM-BERT'), ...(await renderReport(input)) };
  };

  test('of this table alone is adjusted by Holm', async () => {
    const line = (await against(twoRows([row]))).get('IM-BERT');
    expect([line?.['p'], line?.['p, adjusted']]).toEqual(['0.013', '0.013']);
  });

  test('over several tables multiplies each p by its size, and says its name and size', async () => {
    const { line, markdown } = await inFamily(10);
    expect([line?.['p'], line?.['p, adjusted']]).toEqual(['0.013', '0.129']);
    expect(markdown).toContain(
      'No row differs from BERT on AdvGLUE at the 5 % level (AdvGLUE, against BERT: 10 paired comparisons, 1 of them here',
    );
  });

  test('gives a cell one verdict, whatever else its table shows', async () => {
    const input = twoRows([row]);
    const other = { name: 'EX-BERT' };
    const more: ReportInput = {
      ...input,
      table: { ...input.table, rows: [...input.table.rows, other] },
      cells: [
        ...input.cells,
        ...input.cells.filter((cell) => cell.row === 'IM-BERT').map((cell) => ({ ...cell, row: 'EX-BERT' })),
      ],
    };
    const family = { name: 'AdvGLUE, against BERT', size: 12 };
    const within = (one: ReportInput): ReportInput => ({ ...one, table: { ...one.table, family } });
    const [few, many] = [
      (await against(within(input))).get('IM-BERT'),
      (await against(within(more))).get('IM-BERT'),
    ];
    expect(many).toEqual(few);
  });

  test('counts what is planned, not what is done', async () => {
    const input = twoRows([row]);
    const rows = [...input.table.rows, { name: 'EX-BERT' }];
    const missing = { status: 'missing' as const, command: 'run' };
    const cells = [...input.cells, { row: 'EX-BERT', task: 'sst2' as const, seed: 1, outcome: missing }];
    const line = (await against({ ...input, cells, table: { ...input.table, rows } })).get('IM-BERT');
    expect([line?.['p'], line?.['p, adjusted']]).toEqual(['0.013', '0.026']);
  });
});

test('a difference of p between 5 and 50 % supports nothing that the paper says', async () => {
  const paper = (name: string) => ({ name, paper: { table: 'table1', block: 'dev', row: name } as const });
  const input = twoRows([answers(3, 9)], { rows: [paper('BERT'), paper('IM-BERT')] });
  const { markdown } = await renderReport(input);
  expect((await against(input)).get('IM-BERT')?.['p, adjusted']).toBe('0.146');
  expect(markdown).toContain('difference IM-BERT − BERT: nothing here supports it and nothing excludes it');
  expect(markdown).not.toContain('supported on');
});

test('clean accuracies are shown to be the same where the examples suffice, with the margin that the table names', async () => {
  const same = new Array<number>(4000).fill(0).map((_, index) => Number(index < 2000));
  const changed = same.map((answer, index) => (index % 400 === 0 ? 1 - answer : answer));
  expect((await clean(twoRows([changed]))).get('IM-BERT')).toMatchObject({
    ...{ 'wrong to right': '5', 'right to wrong': '5', 'within ± 1': 'yes' },
  });
  expect((await clean(twoRows([answers(2, 2)]))).get('IM-BERT')).toMatchObject({
    ...{ 'clean, points': '0.0', 'within ± 1': 'not shown' },
  });
  const wide = await clean(twoRows([answers(2, 2)], { cleanMargin: 12 }));
  expect(wide.get('IM-BERT')).toMatchObject({ 'within ± 12': 'yes' });
});
