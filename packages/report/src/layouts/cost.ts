import { accuracyMeasure, significanceMeasure } from './accuracy-measures.ts';
import { flopsExplained, flopsMeasures, parametersMeasure } from './cost-measures.ts';
import type { Layout } from './layout.ts';
import { modelRows } from './model-table.ts';
import { starExplained } from './significance.ts';

/** Table 6: models as rows; accuracy beside cost. */
export const cost: Layout = (context) => ({
  table: modelRows(context, [
    accuracyMeasure(context, 'adversarial'),
    significanceMeasure(context),
    accuracyMeasure(context, 'clean'),
    ...flopsMeasures(),
    parametersMeasure(context),
  ]),
  explanation: `${starExplained(context)}${flopsExplained(context.results)}`,
});
