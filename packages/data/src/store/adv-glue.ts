import { readFile } from 'node:fs/promises';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '@im-bert/core';
import { type Level, levels } from '../example.ts';
import { messageOf } from '../failure.ts';
import { type GlueTask, taskNames, tasks } from '../tasks.ts';
import { isRecord, type JsonRecord } from '../tokenizers/template.ts';

/** A row of AdvGLUE, as the store keeps it. */
export interface AdvGlueRow {
  readonly section: string;
  readonly position: number;
  readonly id: string;
  readonly texts: readonly string[];
  readonly label: number;
  readonly level: Level;
  readonly method: string;
  /** The texts before the attack; none where the row does not say. */
  readonly original: readonly string[] | undefined;
}

/** The method of rows that are no attack: test_ann.json holds GLUE's own dev sets beside the adversarial rows. */
const benign = 'glue';

/**
 * The adversarial rows of dev_ann.json or test_ann.json; ids are `advglue/<part>/<task>/<idx>`.
 * @throws UserError if the file is broken or a row lacks a field
 */
export async function readAdvGlue(place: string, part: string): Promise<AdvGlueRow[]> {
  const content = parse(place, await readFile(place, 'utf8'));
  return taskNames
    .filter((task) => task !== 'imdb')
    .flatMap((task) => sectionRows(place, part, task, content[tasks[task].advGlue]));
}

function parse(place: string, text: string): JsonRecord {
  const expected = "AdvGLUE's JSON, an object with a list of rows per task";
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    const got = `broken JSON (${messageOf(error)})`;
    throw new UserError({ where: place, expected, got, remedy: 'Fetch it again.' }, { cause: error });
  }
  throw new UserError({ where: place, expected, got: 'other JSON' });
}

function sectionRows(place: string, part: string, task: GlueTask, section: unknown): AdvGlueRow[] {
  if (!Array.isArray(section))
    throw new UserError({ where: place, expected: `a list of rows under "${task}"`, got: typeof section });
  const rows = section
    .map((row: unknown, position) => ({ row: isRecord(row) ? row : {}, position }))
    .filter(({ row }) => row['method'] !== benign);
  const indices = new Set(rows.map(({ row }) => row['idx']));
  const isNumbered = indices.size === rows.length && !indices.has(undefined);
  return rows.map(({ row, position }) => {
    const where = `${place} ${task}[${String(position)}]`;
    const index = isNumbered ? String(row['idx']) : `row-${String(position)}`;
    return { ...readRow(where, task, row), position, id: `advglue/${part}/${task}/${index}` };
  });
}

function readRow(where: string, task: GlueTask, row: JsonRecord): Omit<AdvGlueRow, 'position' | 'id'> {
  const { columns, labels, advGlue } = tasks[task];
  const text = (field: string): string => {
    const value = row[field];
    if (typeof value === 'string') return value;
    throw new UserError({ where, expected: `text in "${field}"`, got: shown(value) });
  };
  const label = row['label'];
  if (typeof label !== 'number' || labels[label] === undefined)
    throw new UserError({
      where,
      expected: `a label from 0 to ${String(labels.length - 1)}`,
      got: shown(label),
    });
  const construction = text('data_construction');
  const level = levels.find((name) => name === construction);
  if (level === undefined)
    throw new UserError({ where, expected: `data_construction ${levels.join(', ')}`, got: construction });
  const changed: readonly string[] = columns.filter((field) => row[`original_${field}`] !== undefined);
  const before = (field: string): string => text(changed.includes(field) ? `original_${field}` : field);
  return {
    ...{ section: advGlue, texts: columns.map(text), label, level, method: text('method') },
    original: changed.length === 0 ? undefined : columns.map(before),
  };
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Appends the rows to the store's table. */
export async function insertAdvGlue(
  connection: DuckDBConnection,
  path: string,
  rows: readonly AdvGlueRow[],
): Promise<void> {
  const appender = await connection.createAppender('rows');
  for (const row of rows) {
    appender.appendVarchar(path);
    appender.appendVarchar(row.section);
    appender.appendBigInt(BigInt(row.position));
    appender.appendVarchar(row.id);
    appendTexts(appender, row.texts);
    appender.appendInteger(row.label);
    appender.appendVarchar(row.level);
    appender.appendVarchar(row.method);
    appender.endRow();
  }
  appender.closeSync();
  await insertOriginals(connection, path, rows);
}

async function insertOriginals(
  connection: DuckDBConnection,
  path: string,
  rows: readonly AdvGlueRow[],
): Promise<void> {
  const appender = await connection.createAppender('originals');
  for (const { section, position, original } of rows) {
    if (original === undefined) continue;
    appender.appendVarchar(path);
    appender.appendVarchar(section);
    appender.appendBigInt(BigInt(position));
    appendTexts(appender, original);
    appender.endRow();
  }
  appender.closeSync();
}

function appendTexts(appender: DuckDBAppender, [first = '', second]: readonly string[]): void {
  appender.appendVarchar(first);
  if (second === undefined) appender.appendNull();
  else appender.appendVarchar(second);
}
