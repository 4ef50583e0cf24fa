import { attack } from './attack.ts';
import { cost } from './cost.ts';
import type { LayoutName } from '../input.ts';
import type { Layout } from './layout.ts';
import { levelAverages } from './level-averages.ts';
import { levels } from './levels.ts';
import { solvers } from './solvers.ts';
import { tasks } from './tasks.ts';

/** The layouts by name: a new one is a file, a name and a row here. */
export const layouts: Readonly<Record<LayoutName, Layout>> = {
  tasks,
  levels,
  'level-averages': levelAverages,
  attack,
  cost,
  solvers,
};
