import { type Interval, withNoise } from '@im-bert/core';
import type { DataSetKind, TableRow } from './input.ts';

/** Sample deviation of one model's accuracy on a kind of set by the arithmetic alone; 0 where it was not measured. */
export function noiseOf({ amplifiesRounding = {} }: TableRow, kind: DataSetKind): number {
  const { deviation = 0, on = 'adversarial' } = amplifiesRounding;
  return (kind === 'clean') === (on === 'clean') ? deviation : 0;
}

/** An interval of shares that contains the noise, cut to 0 and 1. */
export function shareWithNoise(interval: Interval, share: number, deviation: number): Interval {
  if (deviation === 0) return interval;
  const { low, high } = withNoise(interval, share, deviation);
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
