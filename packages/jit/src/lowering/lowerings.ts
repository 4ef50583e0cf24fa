import { arithmeticLowerings } from './arithmetic.ts';
import { comparisonLowerings } from './comparison.ts';
import { compositeLowerings } from './composite.ts';
import { creationLowerings } from './creation.ts';
import { elementwiseLowerings } from './elementwise.ts';
import { indexingLowerings } from './indexing.ts';
import type { LoweredKernel, Lowerings } from '../kernels/kernels.ts';
import { matrixLowerings } from './matrix.ts';
import { reductionLowerings } from './reduction.ts';
import { shapeLowerings } from './shape.ts';

/** The families' tables, by name: the README's list of kernels is made from it. */
export const loweringFamilies = {
  arithmetic: arithmeticLowerings,
  elementwise: elementwiseLowerings,
  comparison: comparisonLowerings,
  reduction: reductionLowerings,
  shape: shapeLowerings,
  matrix: matrixLowerings,
  indexing: indexingLowerings,
  creation: creationLowerings,
  composite: compositeLowerings,
} as const;

/** The lowering of every kernel that has one; a kernel missing from all families does not compile. */
export const lowerings: Lowerings<LoweredKernel> = {
  ...arithmeticLowerings,
  ...elementwiseLowerings,
  ...comparisonLowerings,
  ...reductionLowerings,
  ...shapeLowerings,
  ...matrixLowerings,
  ...indexingLowerings,
  ...creationLowerings,
  ...compositeLowerings,
};
