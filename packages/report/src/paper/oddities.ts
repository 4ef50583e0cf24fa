import type { PaperReference } from './lookup.ts';

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
    concerns: (reference) => reference.block !== 'test' && /BERT/.test(reference.row),
  },
  {
    text: 'The paper prints no clean accuracy beside Tables 1 and 2, so what its rows gave up or had not learned cannot be seen.',
    concerns: () => true,
  },
];

/** What a reader of these published rows must know about them. */
export function odditiesOf(references: readonly PaperReference[]): readonly string[] {
  return oddities.filter(({ concerns }) => references.some(concerns)).map(({ text }) => text);
}
