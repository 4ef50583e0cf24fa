import { mean, sampleDeviation, wilsonInterval } from '@im-bert/core';
import {
  baselineNames,
  cleanMarginOf,
  type Comparison,
  familyExplained,
  isSignificant,
  subjectOf,
} from './comparisons.ts';
import { counted, listed, percent, points, pValue, taskLabels } from './format.ts';
import { majorityOf } from './majority.ts';
import { adversarialName, setName } from './set-names.ts';
import { lostShares } from './pairs-table.ts';
import { paperVerdicts } from './paper-verdicts.ts';
import type { CellGroup, Results } from './results.ts';

/** What the numbers support and what they do not, a sentence or two each, most important first. */
export function conclusions(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  return [
    ...aboutData(results),
    ...aboutCompleteness(results),
    ...aboutTests(results, comparisons),
    ...paperVerdicts(results, comparisons),
    ...aboutRounding(results),
    ...aboutLearning(results),
    ...aboutMajority(results),
    ...aboutCleanCost(results, comparisons),
    ...aboutEquivalence(results, comparisons),
    ...aboutPairs(results),
    ...aboutResolution(results),
  ];
}

/** Task groups of every row that have adversarial or clean results. */
function finishedGroups(results: Results): readonly CellGroup[] {
  return results.input.table.rows
    .flatMap((row) => results.input.table.columns.map((task) => results.group(row, task)))
    .filter(({ done }) => done.adversarial.length > 0 || done.clean.length > 0);
}

const meanAccuracy = (seeds: readonly { readonly accuracy: number }[]): number =>
  mean(seeds.map(({ accuracy }) => accuracy));

function aboutData({ input }: Results): readonly string[] {
  if (!input.synthetic) return [];
  return [
    '**Synthetic data.** The examples and their adversarial twins are generated: these numbers show that the program works, ' +
      'and nothing about GLUE, AdvGLUE or the paper.',
  ];
}

function aboutCompleteness({ input }: Results): readonly string[] {
  const count = (status: string): number =>
    input.cells.filter(({ outcome }) => outcome.status === status).length;
  const [done, failed, missing] = [count('done'), count('failed'), count('missing')];
  const open = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(missing > 0 ? [`${missing} not run yet`] : []),
  ];
  const seeds = new Set(input.cells.map(({ seed }) => seed));
  return [
    ...(open.length > 0
      ? [`Incomplete: ${done} of ${counted(input.cells.length, 'run')} done, ${open.join(', ')}.`]
      : []),
    ...(seeds.size === 1
      ? ['One seed: the numbers say nothing about the spread between training runs.']
      : []),
  ];
}

function aboutTests(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  if (comparisons.length === 0) return [];
  const baseline = baselineNames(comparisons);
  const found = comparisons.filter(isSignificant);
  const family = familyExplained(comparisons);
  const name = adversarialName(results);
  if (found.length === 0) return [`No row differs from ${baseline} on ${name} at the 5 % level (${family}).`];
  const items = found.map((comparison) => {
    const { row, difference, adjusted, p } = comparison;
    const clean = comparison.clean === undefined ? '' : `, clean ${points(comparison.clean.difference)}`;
    return `${row.name} on ${subjectOf(comparison)} ${points(difference)} (p ${pText(p)}, adjusted ${pValue(adjusted)}${clean})`;
  });
  return [
    `At the 5 % level (${family}) these differ from ${baseline} on ${name}, in points: ${items.join('; ')}.`,
  ];
}

const pText = (p: number): string => (p < 0.001 ? pValue(p) : `= ${pValue(p)}`);

/** Rows whose clean accuracy is not clearly above the majority class: their adversarial number means nothing. */
function aboutLearning(results: Results): readonly string[] {
  const unlearned = finishedGroups(results).flatMap(({ row, task, done }) => {
    const set = results.dataSet(task, 'clean');
    if (set === undefined || done.clean.length === 0) return [];
    const [share, majority, n] = [meanAccuracy(done.clean), majorityOf(set).accuracy, set.labels.length];
    if (wilsonInterval(share * n, n).low > majority) return [];
    return [`${row.name} on ${taskLabels[task]} (${percent(share)}, majority ${percent(majority)})`];
  });
  if (unlearned.length === 0) return [];
  return [
    `Clean accuracy is not clearly above the majority class for ${listed(unlearned)}. A model that has not learned meets ` +
      'the adversarial examples at chance, which beats models that they were made to fool: its adversarial accuracy is no robustness.',
  ];
}

function aboutMajority(results: Results): readonly string[] {
  const groups = finishedGroups(results).filter(({ done }) => done.adversarial.length > 0);
  if (groups.length === 0) return [];
  const below = groups.filter(({ task, done }) => {
    const set = results.dataSet(task, 'adversarial');
    return set !== undefined && meanAccuracy(done.adversarial) < majorityOf(set).accuracy;
  });
  const name = adversarialName(results);
  return [
    `Always answering the majority class beats ${below.length} of the ${groups.length} ${name} accuracies shown (row by task).`,
  ];
}

function aboutCleanCost(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  const overall = comparisons.filter(
    ({ task, set }) => set === 'adversarial' && (task === 'mean' || results.input.table.columns.length === 1),
  );
  const costs = overall.flatMap(({ row, clean }) =>
    clean === undefined || Math.abs(clean.difference) < 0.01
      ? []
      : [`${row.name} ${points(clean.difference)}`],
  );
  if (costs.length === 0) return [];
  return [
    `Clean accuracy against ${baselineNames(comparisons)}, in points: ${costs.join(', ')}. ` +
      'Adversarial accuracies compare models fairly only at the same clean accuracy.',
  ];
}

/** Rows whose numbers are not one number: what the arithmetic does to them, beside what the seed does. */
function aboutRounding(results: Results): readonly string[] {
  const { table } = results.input;
  const rows = table.rows.filter(
    (row) =>
      row.amplifiesRounding !== undefined &&
      table.columns.some((task) => results.group(row, task).done.adversarial.length > 0),
  );
  if (rows.length === 0) return [];
  const spreads = rows.flatMap((row) => {
    const { deviation, on = 'adversarial' } = row.amplifiesRounding ?? {};
    if (deviation === undefined) return [];
    const seeds = table.columns.flatMap(
      (task) => sampleDeviation(results.group(row, task).done[on].map(({ accuracy }) => accuracy)) ?? [],
    );
    const bySeed = seeds.length === 0 ? 'one seed' : `${percent(mean(seeds))} by seed`;
    return [`${row.name} on ${setName(results, on)} ${percent(deviation)} by arithmetic, ${bySeed}`];
  });
  return [
    `The solver of ${listed(rows.map(({ name }) => name))} can amplify rounding: the same trained weights then answer otherwise on ` +
      `another engine or in other batches. ${
        spreads.length === 0
          ? 'By how much was not measured here, so intervals of these rows are too narrow.'
          : `Deviation of accuracies, in points: ${spreads.join('; ')}. Intervals on those texts contain it, of accuracies, averages and differences; p values do not.`
      }`,
  ];
}

/** Rows whose clean accuracy is shown to be the baseline's: for them alone the comparison under attack is fair. */
function aboutEquivalence(results: Results, comparisons: readonly Comparison[]): readonly string[] {
  const tested = comparisons.filter(({ clean, set }) => clean !== undefined && set === 'adversarial');
  if (tested.length === 0) return [];
  const shown = tested.filter(({ clean }) => clean !== undefined && clean.p < 0.05);
  const margin = `${cleanMarginOf(results)} point${cleanMarginOf(results) === 1 ? '' : 's'}`;
  const names = shown.map((comparison) => `${comparison.row.name} on ${subjectOf(comparison)}`);
  return [
    `Clean accuracy is shown to be within ${margin} of that of ${baselineNames(comparisons)} ` +
      `${shown.length === 0 ? 'for no row' : `for ${listed(names)} alone`} (two one-sided tests at the 5 % level).`,
  ];
}

/** What the attacks take from each model, whatever it had: two accuracies on different texts do not tell. */
function aboutPairs(results: Results): readonly string[] {
  const { table, pairs = [] } = results.input;
  const shares = table.rows.flatMap(({ name }) => {
    const lost = lostShares(pairs.filter(({ row }) => row === name));
    return lost.length === 0 ? [] : [`${name} ${percent(mean(lost))}`];
  });
  if (shares.length === 0) return [];
  return [
    `Of the originals that a model has right, so many per cent turn wrong on ${adversarialName(results)} (mean over runs): ${shares.join(', ')}.`,
  ];
}

function aboutResolution(results: Results): readonly string[] {
  const halves = finishedGroups(results)
    .filter(({ done }) => done.adversarial.length > 0)
    .map(({ done, task }) => {
      const n = results.dataSet(task, 'adversarial')?.labels.length ?? 1;
      const { low, high } = wilsonInterval(n * meanAccuracy(done.adversarial), n);
      return 50 * (high - low);
    });
  if (halves.length === 0) return [];
  const [least, most] = [Math.min(...halves).toFixed(0), Math.max(...halves).toFixed(0)];
  const range = least === most ? `± ${least}` : `± ${least} to ± ${most}`;
  return [`The ${adversarialName(results)} sets are small: one accuracy is known to ${range} points (95 %).`];
}
