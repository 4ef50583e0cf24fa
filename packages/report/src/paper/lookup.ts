import { nearest, UserError } from '@im-bert/core';
import type { PaperReference, TableTask } from '../input.ts';
import { type ScoreRow, table1, table2, table3, table4, table5, table6 } from './tables.ts';

/** A published number in per cent, with its deviation over three runs where the paper gives one. */
export interface PublishedNumber {
  readonly value: number;
  readonly deviation?: number;
}

/** The paper's numbers of one row, in per cent; what the table does not have is absent. */
export interface PaperRow {
  /** `IM-BERT`, as the paper calls it. */
  readonly name: string;
  /** Where it is printed: `Table 1, dev`. */
  readonly source: string;
  readonly group?: string;
  /** On AdvGLUE, or for IMDB under attack. */
  readonly scores: Readonly<Partial<Record<TableTask, number>>>;
  readonly average?: number;
  /** Which definition the printed average fits. */
  readonly averageIs?: 'six-task mean' | 'official score' | 'neither';
  /** By level of attack, `all` included. */
  readonly levels?: Readonly<Record<string, PublishedNumber>>;
  readonly gflops?: number;
  readonly millionParameters?: number;
}

type Numbers = Omit<PaperRow, 'name' | 'source'>;
type Rows = Readonly<Record<string, Numbers>>;

function mapped<Row>(rows: Readonly<Record<string, Row>>, numbers: (row: Row) => Numbers): Rows {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, numbers(row)]));
}

function taskScores({ scores, ...rest }: ScoreRow): Numbers {
  const [sst2, qqp, qnli, mnli, mismatched, rte] = scores;
  return { scores: { sst2, qqp, qnli, mnli, 'mnli-mm': mismatched, rte }, ...rest };
}

const spread = ([value, deviation]: readonly [number, number]): PublishedNumber => ({ value, deviation });

/** Rows by table and block; '' for tables without blocks. */
const tables: Readonly<Record<PaperReference['table'], Readonly<Record<string, Rows>>>> = {
  table1: { dev: mapped(table1.dev, taskScores), test: mapped(table1.test, taskScores) },
  table2: { n1000: mapped(table2.n1000, taskScores), n500: mapped(table2.n500, taskScores) },
  table3: {
    '': mapped(table3, ({ word, sentence, human, all, ...cost }) => ({
      scores: { sst2: all[0] },
      levels: { word: spread(word), sentence: spread(sentence), human: spread(human), all: spread(all) },
      ...cost,
    })),
  },
  table4: {
    '': mapped(table4, ({ word, sentence, human, average }) => ({
      scores: {},
      levels: { word: { value: word }, sentence: { value: sentence }, human: { value: human } },
      average,
    })),
  },
  table5: {
    '': mapped(table5, ({ accuracy, gflops }) => ({ scores: { imdb: 100 * accuracy }, gflops })),
  },
  table6: { '': mapped(table6, ({ accuracy, ...cost }) => ({ scores: { sst2: accuracy }, ...cost })) },
};

const blockNames: Readonly<Record<string, string>> = {
  n1000: '1,000 training examples',
  n500: '500 training examples',
};

/**
 * The published row that a reference names.
 * @throws UserError if the table has no such block or row, naming those it has
 */
export function paperRow({ table, block = '', row }: PaperReference): PaperRow {
  const rows = member(tables[table], block, `paper reference ${table}`);
  const numbers = member(rows, row, `paper reference ${block === '' ? table : `${table}.${block}`}`);
  const title = `Table ${table.slice('table'.length)}`;
  return { name: row, source: block === '' ? title : `${title}, ${blockNames[block] ?? block}`, ...numbers };
}

function member<Value>(from: Readonly<Record<string, Value>>, name: string, where: string): Value {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(from);
  throw new UserError({
    where,
    expected: names.join(', ') || 'no block',
    got: JSON.stringify(name),
    nearest: nearest(name, names),
  });
}
