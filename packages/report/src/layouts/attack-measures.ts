import { mean } from '@im-bert/core';
import { nothing, overSeeds } from '../format.ts';
import type { AttackedExample, TableRow } from '../input.ts';
import type { LayoutContext } from './layout.ts';
import type { Measure } from './measure.ts';

/** A number of one run's attacked examples; undefined where there is nothing to average. */
type OfRun = (examples: readonly AttackedExample[]) => number | undefined;

function meanOver(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : mean(values);
}

const successes = (examples: readonly AttackedExample[]): readonly AttackedExample[] =>
  examples.filter(({ status }) => status === 'success');
const attacked = (examples: readonly AttackedExample[]): readonly AttackedExample[] =>
  examples.filter(({ status }) => status !== 'skipped');

const successRate: OfRun = (examples) =>
  meanOver(attacked(examples).map(({ status }) => Number(status === 'success')));
const changedShare: OfRun = (examples) =>
  meanOver(successes(examples).map(({ changedWords, words }) => changedWords / Math.max(1, words)));
const queries: OfRun = (examples) => meanOver(attacked(examples).map((example) => example.queries));
const before: OfRun = (examples) => meanOver(examples.map(({ status }) => Number(status !== 'skipped')));

function measure(
  { results }: LayoutContext,
  label: string,
  ofRun: OfRun,
  text: (values: readonly number[]) => string,
): Measure {
  const runs = results.input.attack?.runs ?? [];
  const values = (row: TableRow): readonly number[] =>
    runs.filter((run) => run.row === row.name).flatMap(({ examples }) => ofRun(examples) ?? []);
  return {
    label,
    ours: (row) => {
      const found = values(row);
      return found.length === 0 ? nothing : text(found);
    },
  };
}

/** Accuracy on the attacked examples before the attack, success, words changed, queries: methods 2.10 defines them. */
export function attackMeasures(context: LayoutContext): readonly Measure[] {
  return [
    measure(context, 'the same texts before, %', before, overSeeds),
    measure(context, 'attacks that succeed, %', successRate, overSeeds),
    measure(context, 'words changed, % (successes)', changedShare, overSeeds),
    measure(context, 'queries (attacked)', queries, (values) => mean(values).toFixed(0)),
  ];
}
