import { mean } from '@im-bert/core';
import { type Comparison, isSignificant, subjectOf } from './comparisons.ts';
import type { TableTask } from './input.ts';
import { listed, points, pointsInterval } from './format.ts';
import { paperRow } from './paper/lookup.ts';
import type { Results } from './results.ts';

/**
 * How our difference stands to the paper's, with the family-wise error kept at 5 %; `unmatched` is one that would support
 * it, had the row not lost clean accuracy.
 */
type Verdict = 'supported' | 'unmatched' | 'excluded' | 'open';

/** Loss of clean accuracy, as a share, from which an adversarial gain is not taken for robustness. */
const cleanLoss = 0.02;

interface Judged {
  readonly comparison: Comparison;
  /** The paper's difference, as a share. */
  readonly paper: number;
  readonly verdict: Verdict;
}

/** For each row with published numbers: does ours support the paper's difference from the baseline, or exclude it? */
export function paperVerdicts(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  if (results.input.synthetic) return [];
  const rows = [...new Set(comparisons.map(({ row }) => row))];
  return rows.flatMap((row) => {
    const judged = comparisons
      .filter((comparison) => comparison.row === row)
      .flatMap((comparison) => {
        const paper = paperDifference(comparison, results);
        return paper === undefined ? [] : [{ comparison, paper, verdict: verdictOf(comparison, paper) }];
      });
    const [first] = judged;
    return first === undefined ? [] : [sentence(`${row.name} − ${first.comparison.baseline.name}`, judged)];
  });
}

function verdictOf(comparison: Comparison, paper: number): Verdict {
  const { simultaneous, difference, clean } = comparison;
  if (paper < simultaneous.low || paper > simultaneous.high) return 'excluded';
  if (!isSignificant(comparison) || difference * paper <= 0) return 'open';
  const hasKeptClean = clean !== undefined && clean.difference > -cleanLoss;
  return difference > 0 && !hasKeptClean ? 'unmatched' : 'supported';
}

function paperDifference({ row, baseline, task, set }: Comparison, results: Results): number | undefined {
  const [ours, theirs] = [row, baseline].map(({ paper, paperTest }) => (set === 'test' ? paperTest : paper));
  if (ours === undefined || theirs === undefined) return undefined;
  if (ours.table !== theirs.table || ours.block !== theirs.block) return undefined;
  const tasks: readonly TableTask[] = task === 'mean' ? results.input.table.columns : [task];
  const [model, reference] = [paperRow(ours), paperRow(theirs)];
  const differences = tasks.flatMap((name) => {
    const [score, other] = [model.scores[name], reference.scores[name]];
    return score === undefined || other === undefined ? [] : [score - other];
  });
  return differences.length < tasks.length ? undefined : mean(differences) / 100;
}

function sentence(difference: string, judged: readonly Judged[]): string {
  const of = (verdict: Verdict): readonly Judged[] => judged.filter((entry) => entry.verdict === verdict);
  const [supported, unmatched, excluded, open] = [
    of('supported'),
    of('unmatched'),
    of('excluded'),
    of('open'),
  ];
  const subject = `The paper's difference ${difference}`;
  const mean = judged.find(({ comparison }) => comparison.task === 'mean') ?? judged[0];
  if (open.length === judged.length && mean !== undefined)
    return `${subject}: nothing here supports it and nothing excludes it (${open.length > 1 && mean.comparison.task !== 'mean' ? 'such as ' : ''}${detail(mean)}).`;
  return `${subject}: ${[
    ...(supported.length > 0 ? [`supported on ${listed(supported.map(detail))}`] : []),
    ...(unmatched.length > 0
      ? [`seen, but at a lower clean accuracy, which is not robustness, on ${listed(unmatched.map(detail))}`]
      : []),
    ...(excluded.length > 0 ? [`excluded on ${listed(excluded.map(detail))}`] : []),
    ...(open.length > 0 ? [`neither on ${listed(open.map(({ comparison }) => subjectOf(comparison)))}`] : []),
  ].join('; ')}.`;
}

/** Wide intervals on purpose: one for all comparisons of the report together. */
function detail({ comparison, paper }: Judged): string {
  const interval = pointsInterval(comparison.simultaneous);
  const clean = comparison.clean === undefined ? '' : `, clean ${points(comparison.clean.difference)}`;
  return `${subjectOf(comparison)}: paper ${points(paper)}, ours ${points(comparison.difference)}, simultaneous 95 % interval ${interval}${clean}`;
}
