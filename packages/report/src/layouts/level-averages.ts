import {
  accuracyMeasure,
  levelMeanMeasure,
  levelMeasure,
  shownLevels,
  significanceMeasure,
} from './accuracy-measures.ts';
import type { Layout } from './layout.ts';
import { modelColumns } from './model-table.ts';
import { starExplained } from './significance.ts';

/** Table 4: models as columns, a line for each level of attack, averaged over tasks. */
export const levelAverages: Layout = (context) => ({
  table: modelColumns(context, [
    ...shownLevels(context.results).map((level) => levelMeasure(context, level)),
    levelMeanMeasure(context),
    accuracyMeasure(context, 'adversarial'),
    significanceMeasure(context),
    accuracyMeasure(context, 'clean'),
  ]),
  explanation:
    'A level is the mean over the tasks that have examples of it; the mean of levels is what the paper’s average is; ' +
    'the line over all examples is the plain mean over tasks. ' +
    starExplained(context),
});
