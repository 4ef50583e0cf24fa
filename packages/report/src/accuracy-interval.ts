import { type Interval, mean, pairedBootstrap, randomStream, wilsonInterval } from '@im-bert/core';
import type { DataSetKind } from './input.ts';
import type { CellGroup, Results } from './results.ts';
import { noiseOf, shareWithNoise } from './rounding-noise.ts';

/**
 * The 95 % interval of a row's mean accuracy over seeds: Wilson's with the n of one test set (pooling seeds would count examples
 * twice), or a bootstrap over groups where examples have them; it contains the noise of the arithmetic where that was measured.
 * Undefined where no seed is done.
 */
export function accuracyInterval(
  results: Results,
  group: CellGroup,
  kind: DataSetKind,
): Interval | undefined {
  const done = group.done[kind];
  if (done.length === 0) return undefined;
  const share = mean(done.map(({ accuracy }) => accuracy));
  const noise = noiseOf(group.row, kind) / Math.sqrt(done.length);
  return shareWithNoise(overExamples(results, group, kind, share), share, noise);
}

function overExamples(
  results: Results,
  { task, done }: CellGroup,
  kind: DataSetKind,
  share: number,
): Interval {
  const { labels = [], groups } = results.dataSet(task, kind) ?? {};
  if (groups === undefined) return wilsonInterval(labels.length * share, labels.length);
  const right = labels.map((label, index) =>
    mean(done[kind].map(({ predictions }) => Number(predictions[index] === label))),
  );
  return pairedBootstrap([{ seeds: [right], groups }], randomStream(0, `accuracy on ${task}, ${kind}`));
}
