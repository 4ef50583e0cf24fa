import { accuracyMeasure, significanceMeasure } from './accuracy-measures.ts';
import { attackMeasures } from './attack-measures.ts';
import { flopsExplained, flopsMeasures } from './cost-measures.ts';
import type { Layout } from './layout.ts';
import { modelColumns } from './model-table.ts';
import { starExplained } from './significance.ts';

/** Table 5: models as columns; accuracy under attack, and what the paper leaves out. */
export const attack: Layout = (context) => ({
  table: modelColumns(context, [
    accuracyMeasure(context, 'adversarial'),
    significanceMeasure(context),
    accuracyMeasure(context, 'clean'),
    ...attackMeasures(context),
    ...flopsMeasures(),
  ]),
  explanation:
    'Under attack: share of the attacked texts that the model still gets right. Words changed: over attacks that succeed; ' +
    'queries: over texts that the model had right, cached answers included. ' +
    `${starExplained(context)}${flopsExplained(context.results)}`,
});
