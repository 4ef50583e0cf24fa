import type { AttackRecord } from './engine/record.ts';

/** Measures of a run; N examples = successes + failures + skipped. Null where nothing is there to average. */
export interface AttackSummary {
  readonly examples: number;
  readonly skipped: number;
  readonly successes: number;
  readonly failures: number;
  /** 1 - skipped / N (TextAttack's original accuracy). */
  readonly cleanAccuracy: number | null;
  /** failures / N. */
  readonly accuracyUnderAttack: number | null;
  /** successes / (successes + failures) (TextAttack; OpenAttack divides by N). */
  readonly successRate: number | null;
  /** Share of a text's words that were changed, mean over successes (TextFooler's changed rate). */
  readonly changedShare: number | null;
  /** Changed words, mean over examples with any change (TextAttack). */
  readonly meanWordsChanged: number | null;
  /** Changed words of all attacked examples by their words (BERT-Attack's pooled ratio). */
  readonly pooledChangedShare: number | null;
  /** Queries, mean over attacked (not skipped) examples. */
  readonly meanQueries: number | null;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number | null {
  return ratio(sum(values), values.length);
}

/** The measures of a run's records. */
export function summarize(records: readonly AttackRecord[]): AttackSummary {
  const count = (status: AttackRecord['status']): number =>
    records.filter((record) => record.status === status).length;
  const [skipped, successes, failures] = [count('skipped'), count('success'), count('failed')];
  const attacked = records.filter(({ status }) => status !== 'skipped');
  const won = attacked.filter(({ status }) => status === 'success');
  const changed = attacked.map(({ changes }) => changes.length);
  return {
    examples: records.length,
    skipped,
    successes,
    failures,
    cleanAccuracy: ratio(successes + failures, records.length),
    accuracyUnderAttack: ratio(failures, records.length),
    successRate: ratio(successes, successes + failures),
    changedShare: mean(won.map(({ changes, words }) => changes.length / Math.max(1, words))),
    meanWordsChanged: mean(changed.filter((words) => words > 0)),
    pooledChangedShare: ratio(sum(changed), sum(attacked.map(({ words }) => words))),
    meanQueries: mean(attacked.map(({ queries }) => queries)),
  };
}
