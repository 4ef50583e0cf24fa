import { accuracyMeasure, significanceMeasure } from './accuracy-measures.ts';
import { evaluationsMeasure } from './cost-measures.ts';
import type { Layout } from './layout.ts';
import { modelRows } from './model-table.ts';
import { driftMeasures, residualMeasure } from './solver-measures.ts';
import { starExplained } from './significance.ts';

/** Solvers and other ablations: models as rows; the residual reached, its price, accuracy, and drift where measured. */
export const solvers: Layout = (context) => ({
  table: modelRows(context, [
    evaluationsMeasure(),
    residualMeasure(context),
    accuracyMeasure(context, 'clean'),
    accuracyMeasure(context, 'adversarial'),
    significanceMeasure(context),
    ...driftMeasures(context),
  ]),
  explanation:
    'phi + VJP: evaluations that one implicit layer’s solve takes beyond the explicit start. Residual reached: the norm of the implicit ' +
    'equation’s residual over that of phi at the end of the solve, on clean examples, mean over layers, tasks and seeds. ' +
    starExplained(context),
});
