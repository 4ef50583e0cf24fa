import { accuracyMeasure, levelMeasure, shownLevels, significanceMeasure } from './accuracy-measures.ts';
import { flopsExplained, flopsMeasures, parametersMeasure } from './cost-measures.ts';
import type { Layout } from './layout.ts';
import { modelRows } from './model-table.ts';
import { starExplained } from './significance.ts';

/** Table 3: models as rows, a column for each level of attack, all examples, clean accuracy, cost. */
export const levels: Layout = (context) => ({
  table: modelRows(context, [
    ...shownLevels(context.results).map((level) => levelMeasure(context, level)),
    accuracyMeasure(context, 'adversarial'),
    significanceMeasure(context),
    accuracyMeasure(context, 'clean'),
    ...flopsMeasures(),
    parametersMeasure(context),
  ]),
  explanation:
    'The column over all examples is computed from the examples, not from the levels (in the paper it is neither). ' +
    `${starExplained(context)}${flopsExplained(context.results)}`,
});
