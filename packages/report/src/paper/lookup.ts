import { type AdvGlueTask, nearest, UserError } from '@im-bert/core';
import { type ScoreRow, table1, table2 } from './tables.ts';

/** Names a row of a published table with one number per AdvGLUE task. */
export interface PaperReference {
  readonly table: 'table1' | 'table2';
  /** Part of the table: `dev` or `test` of table 1, `n1000` or `n500` of table 2. */
  readonly block: string;
  readonly row: string;
}

/** The paper's numbers of one row, in per cent. */
export interface PaperRow {
  /** `IM-BERT`, as the paper calls it. */
  readonly name: string;
  /** Where it is printed: `Table 1, dev`. */
  readonly source: string;
  readonly group: string;
  readonly scores: Readonly<Record<AdvGlueTask, number>>;
  readonly average: number;
  /** Which definition the printed average fits. */
  readonly averageIs: 'six-task mean' | 'official score' | 'neither';
}

type Printed = Readonly<Record<string, Readonly<Record<string, ScoreRow>>>>;
const tables: Readonly<Record<PaperReference['table'], Printed>> = { table1, table2 };
const blockNames: Readonly<Record<string, string>> = {
  n1000: '1,000 training examples',
  n500: '500 training examples',
};

/**
 * The published row that a reference names.
 * @throws UserError if the table has no such block or row, naming those it has
 */
export function paperRow({ table, block, row }: PaperReference): PaperRow {
  const rows = member(tables[table], block, `paper reference ${table}`);
  const { scores, ...rest } = member(rows, row, `paper reference ${table}.${block}`);
  const [sst2, qqp, qnli, mnli, mismatched, rte] = scores;
  return {
    name: row,
    source: `Table ${table.slice('table'.length)}, ${blockNames[block] ?? block}`,
    scores: { sst2, qqp, qnli, mnli, 'mnli-mm': mismatched, rte },
    ...rest,
  };
}

function member<Value>(from: Readonly<Record<string, Value>>, name: string, where: string): Value {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(from);
  throw new UserError({
    where,
    expected: names.join(', '),
    got: JSON.stringify(name),
    nearest: nearest(name, names),
  });
}
