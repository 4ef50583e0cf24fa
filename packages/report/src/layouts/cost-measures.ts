import { nothing } from '../format.ts';
import type { TableRow } from '../input.ts';
import type { Results } from '../results.ts';
import type { LayoutContext } from './layout.ts';
import type { Measure } from './measure.ts';

const twoDecimals = (value: number | undefined): string => value?.toFixed(2) ?? nothing;

/** FLOPs of one text as the paper counts them, and as they really are. */
export function flopsMeasures(): readonly Measure[] {
  return [
    {
      label: 'GFLOPs',
      ours: ({ cost }) => twoDecimals(cost?.gflops),
      paper: ({ gflops }) => twoDecimals(gflops),
    },
    { label: 'GFLOPs, executed', ours: ({ cost }) => twoDecimals(cost?.executedGflops) },
  ];
}

function parametersOf({ input }: Results, row: TableRow): number | undefined {
  return input.cells
    .filter((cell) => cell.row === row.name)
    .flatMap(({ outcome }) => (outcome.status === 'done' ? (outcome.parameters ?? []) : []))[0];
}

/** Parameters in millions, known once a run of the row is done. */
export function parametersMeasure({ results }: LayoutContext): Measure {
  return {
    label: 'parameters, M',
    ours: (row) => {
      const parameters = parametersOf(results, row);
      return parameters === undefined ? nothing : (parameters / 1e6).toFixed(2);
    },
    paper: ({ millionParameters }) => twoDecimals(millionParameters),
  };
}

/** What one solve evaluates beyond the explicit start: phi, and products with its Jacobian. */
export function evaluationsMeasure(): Measure {
  return {
    label: 'phi + VJP a solve',
    ours: ({ cost }) =>
      cost === undefined || cost.solve === undefined ? nothing : `${cost.solve.phi} + ${cost.solve.products}`,
  };
}

/** How the lengths that FLOPs are counted at read: `64 tokens`. */
function lengthsOf({ input }: Results): string {
  const lengths = [...new Set(input.table.rows.flatMap(({ cost }) => cost?.length ?? []))];
  return `${lengths.join(' or ')} tokens`;
}

/** What the FLOPs columns count. */
export function flopsExplained(results: Results): string {
  return (
    `GFLOPs: classifying one text of ${lengthsOf(results)}, counted as the paper does (an iteration of the solver is one forward ` +
    'pass of its layer, its Jacobian products are free); executed: with all matrix products that really run. Training objectives do not ' +
    'change them (the paper charges SMART three forward passes).'
  );
}
