import { type Interval, mean, sampleDeviation } from '@im-bert/core';
import type { TableTask } from './input.ts';

/** The paper's names of the tasks. */
export const taskLabels = {
  sst2: 'SST-2',
  qqp: 'QQP',
  qnli: 'QNLI',
  mnli: 'MNLI-m',
  'mnli-mm': 'MNLI-mm',
  rte: 'RTE',
  imdb: 'IMDB',
} as const satisfies Record<TableTask, string>;

/** A task's name, or `the mean` over them. */
export function taskOrMean(task: TableTask | 'mean'): string {
  return task === 'mean' ? 'the mean' : taskLabels[task];
}

/** What stands in a cell that has no number. */
export const nothing = '–';

/** A share as per cent with one decimal: `43.2`. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** A difference of shares in points, with its sign: `+5.4`, `−0.3`, `0.0`. */
export function points(difference: number): string {
  const text = Math.abs(100 * difference).toFixed(1);
  if (Number(text) === 0) return text;
  return `${difference > 0 ? '+' : '−'}${text}`;
}

/** `38 – 49`, whole per cent. */
export function percentInterval({ low, high }: Interval): string {
  return `${(100 * low).toFixed(0)} – ${(100 * high).toFixed(0)}`;
}

/** `−3.1 to +9.0`, points. */
export function pointsInterval({ low, high }: Interval): string {
  return `${points(low)} to ${points(high)}`;
}

/** `43.2 ± 1.9`, mean and deviation over seeds in per cent; without a deviation for a single seed. */
export function overSeeds(shares: readonly number[]): string {
  const deviation = sampleDeviation(shares);
  return deviation === undefined ? percent(mean(shares)) : `${percent(mean(shares))} ± ${percent(deviation)}`;
}

/** `0.40 ± 0.10`, mean and deviation over runs; without a deviation for a single one. */
export function spread(
  values: readonly number[],
  text = (value: number): string => value.toFixed(2),
): string {
  const deviation = sampleDeviation(values);
  return `${text(mean(values))}${deviation === undefined ? '' : ` ± ${text(deviation)}`}`;
}

/** Two digits that count: 0.28, 0.0031. */
export function significant(value: number): string {
  return value >= 1000 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}

/** A number as the paper prints it: one decimal, or two where it has them. */
function printed(value: number): string {
  return value.toFixed(Number.isInteger(Number((value * 10).toFixed(6))) ? 1 : 2);
}

/** The same, or a dash where the paper has none. */
export function printedOr(value: number | undefined): string {
  return value === undefined ? nothing : printed(value);
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} and ${words.slice(-1).join('')}`;
}

/** `1 run`, `3 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `0.012`, `< 0.001`, as p values are written. */
export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
