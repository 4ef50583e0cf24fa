import { paperRow, table1, table2, table3, table5 } from '@im-bert/report';

const six = (scores: readonly number[]): number =>
  scores.reduce((sum, score) => sum + score, 0) / scores.length;

/** Rows of Tables 1 and 2 with their names. */
const rows = [table1.dev, table1.test, table2.n1000, table2.n500].flatMap((block) =>
  Object.entries(block).map(([name, row]) => ({ name, ...row })),
);

test.each(rows.filter(({ averageIs }) => averageIs === 'six-task mean'))(
  '$name $scores: the printed average is the six-task mean, so no digit is wrong',
  ({ scores, average }) => {
    expect(Math.abs(six(scores) - average)).toBeLessThan(0.11);
  },
);

test.each(rows.filter(({ averageIs }) => averageIs !== 'six-task mean'))(
  '$name $scores: the printed average is not the six-task mean',
  ({ scores, average }) => {
    expect(Math.abs(six(scores) - average)).toBeGreaterThan(0.2);
  },
);

test('FLOPs follow the paper’s convention, 22.35 for each pass over the layers', () => {
  expect(table5['T=5'].gflops).toBeCloseTo(22.35 * 6, 2);
  expect(table3['Layer (4-6)'].gflops).toBeCloseTo(22.35 * (1 + (5 * 3) / 12), 1);
});

test('a row is found by table, block and name', () => {
  expect(paperRow({ table: 'table1', block: 'dev', row: 'IM-BERT' })).toMatchObject({
    source: 'Table 1, dev',
    average: 41.2,
    scores: { sst2: 39.2, qqp: 48.8, qnli: 41.2, mnli: 38.1, 'mnli-mm': 35.2, rte: 44.4 },
  });
});

test('an unknown row or block names those there are', () => {
  expect(() => paperRow({ table: 'table1', block: 'dev', row: 'IMBERT' })).toThrow(
    'paper reference table1.dev: expected FreeLB, CreAT, R3F, SMART, BERT, EX-BERT, IM-BERT, got "IMBERT", did you mean "IM-BERT"?',
  );
  expect(() => paperRow({ table: 'table2', block: 'dev', row: 'BERT' })).toThrow(
    'expected n1000, n500, got "dev"',
  );
  expect(() => paperRow({ table: 'table1', block: 'dev', row: 'toString' })).toThrow('got "toString"');
});
