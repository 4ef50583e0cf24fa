import { loadExperiment, type Plan, tableNames } from '@im-bert/experiments';
import { planOf } from './support/plans.ts';

const names = await tableNames();

/** The comparisons that a table plans with its rows' baselines, each named by the cells of both. */
function comparisonsOf({ rows, cells, loaded: { experiment } }: Plan): string[] {
  const ids = (row: string, tasks: readonly string[]): string =>
    cells
      .filter((cell) => cell.row === row && tasks.includes(cell.task))
      .map(({ id }) => id)
      .join(' ');
  const { tasks } = experiment;
  const subjects = [...tasks.map((task) => [task]), ...(tasks.length > 1 ? [tasks] : [])];
  return rows.flatMap(({ name, spec: { baseline = experiment.baseline } }) =>
    baseline === undefined || baseline === name || !rows.some((row) => row.name === baseline)
      ? []
      : subjects.map((subject) => `${ids(name, subject)} against ${ids(baseline, subject)}`),
  );
}

test.each(['quick', 'small', 'paper'])(
  'the family of comparisons on AdvGLUE is registered with its size in %s, each comparison once',
  async (profile) => {
    const loaded = await Promise.all(names.map((name) => loadExperiment(name, profile)));
    const family = loaded.filter(({ experiment }) => experiment.attack === undefined);
    const plans = await Promise.all(family.map((one) => planOf(one)));
    const size = new Set(plans.flatMap(comparisonsOf)).size;
    for (const { name, experiment } of family)
      expect({ table: name, ...experiment.comparisons }).toEqual({
        table: name,
        name: 'all tables on AdvGLUE',
        size,
      });
    // an attack of its own has texts of its own
    for (const { experiment } of loaded.filter((one) => !family.includes(one)))
      expect(experiment.comparisons).toEqual({ name: 'this table' });
  },
);
