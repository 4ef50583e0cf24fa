import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { withGradient } from '../gradients/gradients.ts';
import { defectAt, type ImplicitEquation } from '../solvers/implicit-equation.ts';
import { defectNorms, stackNorms } from '../solvers/residual.ts';
import { solve } from '../solvers/solvers.ts';
import type { Connection, Joined, Joint } from './connection.ts';
import { gradientOf, placeOptions, solveOptions, stepOptions } from './options.ts';
import { explicitStep, phiOf } from './phi.ts';

const schema = z.strictObject({
  kind: z
    .literal('implicit')
    .describe('a step to where phi is the same after it, Eq. 6, solved by iterations'),
  layers: placeOptions.layers.describe('layers, counted from 1 as in the paper: all, 4-6, or [1, 2, 3]'),
  elsewhere: z
    .enum(['monotone', 'explicit'])
    .default('monotone')
    .describe('how the other layers are connected'),
  ...stepOptions,
  theta: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      "an implicit layer's share of phi at the new state, the rest at the old one: 1 is implicit Euler, 0.5 the trapezoidal rule",
    ),
  ...solveOptions,
});

type ImplicitOptions = z.output<typeof schema>;

/**
 * h_t = h_{t-1} + eulerStep·((1 - theta)·phi_t(h_{t-1}) + theta·phi_t(h_t)), solved from the explicit step. With theta 1 this
 * is Eq. 6: IM-BERT. Below, it is the theta method (Hairer and Wanner 1996, section IV.3), which nears Eq. 5 as theta
 * nears 0; from 1/2 on it is as stable as Eq. 6 is by Proposition 2.
 */
export const implicit = {
  prefix: 'im',
  schema,
  create: (options: ImplicitOptions): Connection => {
    const { eulerStep, phi, theta, dropout, maskResidual, solver } = options;
    const solved = { dropout, maskResidual, solver, gradient: gradientOf(options) };
    return {
      join: (joint) => join(options, joint),
      // Where theta is 1 it is left out, as it was before there was one: models are known by the same hash.
      settings: { eulerStep, phi, ...(theta === 1 ? {} : { theta }), ...solved },
    };
  },
};

function join(options: ImplicitOptions, joint: Joint): Joined {
  const increment = phiOf(options.phi, joint.layer)(joint.hidden, 0);
  const start = explicitStep(options, joint, increment);
  const equation = equationOf(options, joint, increment);
  const solution = solve(options.solver, equation, start);
  const hidden = withGradient(gradientOf(options), { equation, start, solution });
  const end = joint.measureEnd ? [defectAt(equation, hidden, solution.defects.length)] : [];
  const norms = [...solution.defects, ...end].map(defectNorms);
  return { hidden, residual: norms.length === 0 ? null : stackNorms(norms) };
}

/**
 * @param increment phi_t(h_{t-1}). The equation is made of it and not of the start: a descent differentiates by the start,
 * and would pass through what the equation owes to it.
 */
function equationOf(options: ImplicitOptions, joint: Joint, increment: tf.Tensor): ImplicitEquation {
  const { theta, eulerStep, maskResidual } = options;
  const phi = phiOf(options.phi, joint.layer);
  return {
    phi: (state, iteration) => phi(state, iteration + 1),
    previous: theta === 1 ? joint.hidden : explicitStep(options, joint, increment, 1 - theta),
    eulerStep: theta * eulerStep,
    rowMask: maskResidual ? tf.expandDims(joint.tokenMask, 2) : null, // [B, L, 1]
  };
}
