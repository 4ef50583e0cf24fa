import { type DuckDBAppender, FLOAT, LIST } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import { z } from 'zod';

/** What a column of a measurement can hold. */
type Value = z.ZodString | z.ZodEnum | z.ZodNumber | z.ZodBoolean | z.ZodArray<z.ZodNumber>;

/** The columns of a row by name; their types and whether they may be null follow. */
export type RowSchema = Readonly<Record<string, Value | z.ZodNullable<Value>>>;

const floatList = LIST(FLOAT);

function typeOf(value: Value): string {
  if (value instanceof z.ZodNumber) return value.format === 'safeint' ? 'integer' : 'double';
  if (value instanceof z.ZodBoolean) return 'boolean';
  return value instanceof z.ZodArray ? 'float[]' : 'varchar';
}

/** `"layer" integer not null`: a column as `create table` takes it. */
export function columnDefinition(name: string, column: RowSchema[string]): string {
  return column instanceof z.ZodNullable
    ? `"${name}" ${typeOf(column.unwrap())}`
    : `"${name}" ${typeOf(column)} not null`;
}

function finite(value: number, where: string): number {
  if (Number.isFinite(value)) return value;
  throw new UserError({ where, expected: 'a finite number', got: String(value) });
}

/**
 * Appends a value to the row at hand. A number that is not finite becomes null where the column may be null.
 * @throws UserError where it may not
 */
export function appendValue(
  row: DuckDBAppender,
  where: string,
  column: RowSchema[string],
  value: unknown,
): void {
  if (column instanceof z.ZodNullable) {
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) row.appendNull();
    else appendValue(row, where, column.unwrap(), value);
  } else if (typeof value === 'string') row.appendVarchar(value);
  else if (typeof value === 'boolean') row.appendBoolean(value);
  else if (Array.isArray(value)) row.appendList(z.array(z.number()).parse(value), floatList);
  else if (typeOf(column) === 'integer') row.appendInteger(finite(Number(value), where));
  else row.appendDouble(finite(Number(value), where));
}
