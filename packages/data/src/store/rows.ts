import type { DuckDBConnection } from '@duckdb/node-api';

/** A value that a query takes or gives here: text, whole number, truth or null. */
export type Cell = string | number | bigint | boolean | null;

/** A row of a query's answer, read by column with the type checked. */
export interface Row {
  text(column: string): string;
  textOrNull(column: string): string | null;
  number(column: string): number;
  flag(column: string): boolean;
}

/** The rows of a query. */
export async function query(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, Cell> = {},
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJS().map(rowOver);
}

function rowOver(cells: Readonly<Record<string, unknown>>): Row {
  const mistyped = (column: string, type: string): TypeError =>
    new TypeError(`column ${column}: expected ${type}, got ${typeof cells[column]}`);
  const textOrNull = (column: string): string | null => {
    const cell = cells[column];
    if (cell === null || typeof cell === 'string') return cell;
    throw mistyped(column, 'text or null');
  };
  return {
    textOrNull,
    text: (column) => {
      const cell = textOrNull(column);
      if (cell === null) throw mistyped(column, 'text');
      return cell;
    },
    number: (column) => {
      const cell = cells[column];
      if (typeof cell === 'number' || typeof cell === 'bigint') return Number(cell);
      throw mistyped(column, 'a number');
    },
    flag: (column) => {
      const cell = cells[column];
      if (typeof cell === 'boolean') return cell;
      throw mistyped(column, 'a truth value');
    },
  };
}
