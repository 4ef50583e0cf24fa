import { UserError } from '@im-bert/core';
import type { MeasuredRow } from './input.ts';
import type { PlotDraft } from './plots/plot.ts';
import type { Results } from './results.ts';

/** What the report shows of one measurement: a row of sections.ts. */
export interface MeasuredSection {
  /** Heading, table and explanation; empty where nothing was measured. */
  readonly text: (results: Results) => readonly string[];
  readonly plot?: (results: Results) => PlotDraft | undefined;
}

/** A measured row with the columns that a section reads. */
type Read<Numbers extends string, Texts extends string> = Pick<MeasuredRow, 'row' | 'task' | 'seed'> &
  Readonly<Record<Numbers, number> & Record<Texts, string>>;

/**
 * The rows of a measurement; none where it was not made.
 * @param numbers columns of numbers; what was not finite is NaN
 * @param texts columns of texts
 * @throws UserError if a row lacks a column
 */
export function measured<Numbers extends string, Texts extends string = never>(
  { input }: Results,
  name: string,
  numbers: readonly Numbers[],
  texts: readonly Texts[] = [],
): readonly Read<Numbers, Texts>[] {
  return (input.measured?.[name] ?? []).map(({ row, task, seed, columns }) => {
    const where = `report input, ${name} of ${row}, ${task}, seed ${seed}`;
    const read = [
      ...numbers.map((column) => [column, numberOf(columns[column], where, column)] as const),
      ...texts.map((column) => [column, textOf(columns[column], where, column)] as const),
    ];
    return {
      ...(Object.fromEntries(read) as Record<Numbers, number> & Record<Texts, string>),
      row,
      task,
      seed,
    };
  });
}

function numberOf(value: unknown, where: string, column: string): number {
  if (value === null) return NaN;
  if (typeof value === 'number') return value;
  throw new UserError({ where, expected: `a number, ${column}`, got: typeof value });
}

function textOf(value: unknown, where: string, column: string): string {
  if (typeof value === 'string') return value;
  throw new UserError({ where, expected: `a text, ${column}`, got: typeof value });
}
