import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../gradients/gradients.ts';
import { defectAt, type ImplicitEquation } from '../solvers/implicit-equation.ts';
import { defectNorms, stackNorms } from '../solvers/residual.ts';
import { solve } from '../solvers/solvers.ts';
import type { Connection, Joint } from './connection.ts';
import { gradientOf } from './connection-spec.ts';
import { explicitStep, phiOf } from './phi.ts';

/**
 * h_t = h_{t-1} + eulerStep·((1 - theta)·phi_t(h_{t-1}) + theta·phi_t(h_t)), solved from the explicit step. With theta 1 this
 * is Eq. 6: IM-BERT. Below, it is the theta method (Hairer and Wanner 1996, section IV.3), which nears Eq. 5 as theta
 * nears 0; from 1/2 on it is as stable as Eq. 6 is by Proposition 2.
 */
export const implicit: Connection = (joint) => {
  const { spec, measureEnd } = joint;
  const increment = phiOf(joint)(joint.hidden, 0);
  const start = explicitStep(joint, increment);
  const equation = equationOf(joint, increment);
  const solution = solve(spec.solver, equation, start);
  const hidden = withGradient(gradientOf(spec), { equation, start, solution });
  const end = measureEnd ? [defectAt(equation, hidden, solution.defects.length)] : [];
  const norms = [...solution.defects, ...end].map(defectNorms);
  return { hidden, residual: norms.length === 0 ? null : stackNorms(norms) };
};

/**
 * @param increment phi_t(h_{t-1}). The equation is made of it and not of the start: a descent differentiates by the start,
 * and would pass through what the equation owes to it.
 */
function equationOf(joint: Joint, increment: tf.Tensor): ImplicitEquation {
  const { spec, hidden, tokenMask } = joint;
  const phi = phiOf(joint);
  const { theta } = spec;
  return {
    phi: (state, iteration) => phi(state, iteration + 1),
    previous: theta === 1 ? hidden : explicitStep(joint, increment, 1 - theta),
    eulerStep: theta * spec.eulerStep,
    rowMask: spec.maskResidual ? tf.expandDims(tokenMask, 2) : null, // [B, L, 1]
  };
}
