import type { PaperReference } from '../input.ts';

/** A place where the paper disagrees with itself or is silent, and the published rows that it concerns. */
interface Oddity {
  readonly text: string;
  readonly concerns: (reference: PaperReference) => boolean;
}

const inTable =
  (table: PaperReference['table'], block?: string) =>
  (reference: PaperReference): boolean =>
    reference.table === table && (block === undefined || reference.block === block);
const rowOf =
  (table: PaperReference['table'], block: string, ...rows: readonly string[]) =>
  (reference: PaperReference): boolean =>
    inTable(table, block)(reference) && rows.includes(reference.row);

/** Found by arithmetic on the printed numbers. */
const oddities: readonly Oddity[] = [
  {
    text: 'Table 1, dev: the averages are means of the six columns, but for CreAT, which prints 39.1 where its columns give 37.5.',
    concerns: rowOf('table1', 'dev', 'CreAT'),
  },
  {
    text:
      'Table 1, test: the averages of SMART, InfoBERT and FreeLB are the official five-task score, those of the BERT and IM rows ' +
      'the mean of six columns, so the column cannot be compared down (FreeLB is 50.47 by one and 47.92 by the other).',
    concerns: inTable('table1', 'test'),
  },
  {
    text: 'Table 1, test: SST-2 of SMART-RoBERTa, 50.29, is probably 50.92 (723 of 1,420).',
    concerns: rowOf('table1', 'test', 'SMART-RoBERTa'),
  },
  {
    text: 'Table 1, test: MNLI-mm and RTE of IM-RoBERTa, 37.65 and 60.49, fit no count of the test sets but 61 of 162 and 49 of 81 of the dev sets.',
    concerns: rowOf('table1', 'test', 'IM-RoBERTa'),
  },
  {
    text: 'SST-2 (dev) of BERT is 31.1 in Table 1 and 29.1 in Tables 3 and 6; IM-BERT is 39.2 in all three.',
    concerns: rowOf('table1', 'dev', 'BERT'),
  },
  {
    text: 'Most dev cells of BERT, EX-BERT and IM-BERT are exact fractions of the test sizes, as single runs would be; the paper gives no deviation there.',
    concerns: rowOf('table1', 'dev', 'BERT', 'EX-BERT', 'IM-BERT'),
  },
  {
    text: 'The introduction’s “4.5 %p on average” is no difference in Table 1 (dev: 41.2 − 35.1 = 6.1).',
    concerns: rowOf('table1', 'dev', 'IM-BERT'),
  },
  {
    text: '“Higher for all tasks except RTE” (section 4.2, 1,000 examples) does not hold on MNLI-mm at T = 5: 30.9 against 31.3.',
    concerns: rowOf('table2', 'n1000', 'IM-BERT T=5'),
  },
  {
    text: 'Always answering the majority class gives 49.2 on average on the dev sets, above every dev average of BERT, EX-BERT and IM-BERT in Tables 1 and 2.',
    concerns: (reference) =>
      ['dev', 'n1000', 'n500'].includes(reference.block ?? '') && /BERT/.test(reference.row),
  },
  {
    text: 'Table 3: the column All is not the mean of the three levels weighted by their 80, 51 and 17 examples, by which BERT would have 23.3 instead of 29.1; here All is computed from the examples.',
    concerns: inTable('table3'),
  },
  {
    text: 'Section 4.3 says 2.25 times fewer FLOPs for three layers than for all: 134.1 / 50.29 is 2.67, and 2.25 is 50.29 / 22.35, the price of three layers.',
    concerns: inTable('table3'),
  },
  {
    text: 'Tables 3, 5 and 6 charge an iteration of the descent as one forward pass of its layers; the product with the Jacobian that it needs too is left out.',
    concerns: (reference) => ['table3', 'table5', 'table6'].includes(reference.table),
  },
  {
    text: 'Table 4: the average is the plain mean of the three levels. It does not say how it averages tasks or which split it uses; here a level is the mean over the tasks that have it, on dev.',
    concerns: inTable('table4'),
  },
  {
    text: 'Table 5 has no row of BERT, no clean accuracy, no queries and no words changed, and does not say which TextFooler, which reviews or which length it used.',
    concerns: inTable('table5'),
  },
  {
    text: 'Table 6 seems to mix splits: its BERT rows are dev numbers, IM-RoBERTa (All), 52.0, is the test number 52.04.',
    concerns: inTable('table6'),
  },
  {
    text: 'The paper prints no clean accuracy beside any table, so what its rows gave up or had not learned cannot be seen.',
    concerns: () => true,
  },
];

/** What a reader of these published rows must know about them. */
export function odditiesOf(references: readonly PaperReference[]): readonly string[] {
  return oddities.filter(({ concerns }) => references.some(concerns)).map(({ text }) => text);
}
