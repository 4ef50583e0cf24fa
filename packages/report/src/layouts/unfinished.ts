import { listed } from '../format.ts';
import type { Cell } from '../input.ts';

/** Seeds without a result, put together by reason. */
export interface Unfinished {
  readonly status: string;
  /** `Seeds 1 and 2 not run; run it with ...`. */
  readonly note: string;
}

/** The seeds of a cell that have no result. */
export function unfinishedOf(cells: readonly Cell[]): readonly Unfinished[] {
  const reasons = cells.flatMap(({ seed, outcome }) => {
    if (outcome.status === 'done') return [];
    const { status } = outcome;
    const why =
      status === 'failed' ? `failed: ${outcome.reason}` : `not run; run it with \`${outcome.command}\``;
    return [{ seed, status, why }];
  });
  return [...new Set(reasons.map(({ why }) => why))].map((why) => {
    const same = reasons.filter((reason) => reason.why === why);
    const seeds = listed(same.map(({ seed }) => String(seed)));
    return { status: same[0]?.status ?? '', note: `Seed${same.length === 1 ? '' : 's'} ${seeds} ${why}` };
  });
}
