import { mean } from '@im-bert/core';
import { nothing, significant } from '../format.ts';
import type { LayoutContext } from './layout.ts';
import type { Measure } from './measure.ts';

/** The relative residual at the end of the solve: the mean over layers, tasks and seeds. */
export function residualMeasure({ results }: LayoutContext): Measure {
  const trajectories = results.input.trajectories ?? [];
  return {
    label: 'residual reached',
    ours: ({ name }) => {
      const own = trajectories.filter(({ row }) => row === name);
      if (own.length === 0) return nothing;
      const ends = own.flatMap(({ residuals }) => residuals.at(-1) ?? []);
      const finite = ends.filter((end) => Number.isFinite(end));
      return finite.length < ends.length ? 'not finite' : significant(mean(finite));
    },
  };
}

/** How far attacks move the last layer's state; none where no run measured it. */
export function driftMeasures({ results }: LayoutContext): readonly Measure[] {
  const drifts = (results.input.drifts ?? []).filter(({ relative }) => Number.isFinite(relative));
  if (drifts.length === 0) return [];
  return [
    {
      label: 'drift, last layer',
      ours: ({ name }) => {
        const own = drifts.filter(({ row }) => row === name);
        const depth = Math.max(...own.map(({ layer }) => layer));
        const last = own.filter(({ layer }) => layer === depth);
        return last.length === 0 ? nothing : mean(last.map(({ relative }) => relative)).toFixed(2);
      },
    },
  ];
}
