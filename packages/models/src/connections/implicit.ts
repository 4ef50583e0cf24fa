import { enableSecondOrderGradients } from '@im-bert/jit';
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../gradients/gradients.ts';
import { defectAt, type ImplicitEquation } from '../solvers/implicit-equation.ts';
import { defectNorms, stackNorms } from '../solvers/residual.ts';
import { solve } from '../solvers/solvers.ts';
import type { Connection, Joint } from './connection.ts';
import { gradientOf } from './connection-spec.ts';
import { explicitStep, phiOf } from './phi.ts';

/** h_t = h_{t-1} + eulerStep·phi_t(h_t), Eq. 6, solved from the explicit step: IM-BERT. */
export const implicit: Connection = (joint) => {
  enableSecondOrderGradients(); // the descent differentiates phi, and training differentiates the descent
  const { spec, measureEnd } = joint;
  const equation = equationOf(joint);
  const start = explicitStep(joint);
  const solution = solve(spec.solver, equation, start);
  const hidden = withGradient(gradientOf(spec), { equation, start, solution });
  const end = measureEnd ? [defectAt(equation, hidden, solution.defects.length)] : [];
  const norms = [...solution.defects, ...end].map(defectNorms);
  return { hidden, residual: norms.length === 0 ? null : stackNorms(norms) };
};

function equationOf(joint: Joint): ImplicitEquation {
  const { spec, hidden, tokenMask } = joint;
  const phi = phiOf(joint);
  return {
    phi: (state, iteration) => phi(state, iteration + 1),
    previous: hidden,
    eulerStep: spec.eulerStep,
    rowMask: spec.maskResidual ? tf.expandDims(tokenMask, 2) : null, // [B, L, 1]
  };
}
