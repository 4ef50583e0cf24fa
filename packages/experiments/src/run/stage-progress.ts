import { secondsOf, type Stage } from '../plan/cost.ts';

/**
 * A stage's progress as its cell's: each stage has its share of the cell by estimated cost, after those before it.
 * @param tell gets the share of the whole cell
 */
export function stageProgress(
  stages: readonly Stage[],
  name: string,
  tell: (share: number, doing: string) => void,
): (share: number, doing: string) => void {
  const total = secondsOf(stages);
  const place = stages.findIndex((stage) => stage.name === name);
  const before = secondsOf(stages.slice(0, Math.max(0, place)));
  const own = stages[place]?.seconds ?? 0;
  return (share, doing) => {
    tell(total === 0 ? 0 : (before + own * share) / total, doing);
  };
}
