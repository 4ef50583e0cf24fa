import { nothing, points, pValue } from '../format.ts';
import type { AdversarialSet, TableRow, TableTask } from '../input.ts';
import { familyExplained, isSignificant } from '../comparisons.ts';
import type { LayoutContext } from './layout.ts';

/** How a row stands to its baseline. */
export interface Significance {
  /** `*` if the difference holds at the 5 % level after the adjustment over its family. */
  readonly star: '' | '*';
  /** `+5.4, p 0.006 (0.031*)`; `baseline` for a row that others are compared with. */
  readonly text: string;
}

/** The paired test of a row against its baseline on a task, or on the mean of the table's tasks, of a set. */
export function significance(
  { comparisons }: LayoutContext,
  row: TableRow,
  task: TableTask | 'mean',
  set: AdversarialSet = 'adversarial',
): Significance {
  const found = comparisons.find(
    (comparison) => comparison.row === row && comparison.task === task && comparison.set === set,
  );
  if (found === undefined) {
    const isBaseline = comparisons.some(({ baseline }) => baseline === row);
    return { star: '', text: isBaseline ? 'baseline' : nothing };
  }
  const star = isSignificant(found) ? '*' : '';
  return {
    star,
    text: `${points(found.difference)}, p ${pValue(found.p)} (${pValue(found.adjusted)}${star})`,
  };
}

/** What the asterisk means; nothing where no row is compared with another. */
export function starExplained({ comparisons }: LayoutContext): string {
  return comparisons.length === 0
    ? ''
    : `An asterisk: differs from its baseline at the 5 % level, paired by example, after adjustment (${familyExplained(comparisons)}); in brackets the adjusted p. `;
}
