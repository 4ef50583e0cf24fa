import * as tf from '@tensorflow/tfjs-core';
import type { ComparisonKernel } from '../kernels/families.ts';
import { type Gradients, type Rule, zero } from './rule.ts';

/** Each branch gets the gradient where it was chosen. */
const choice: Rule<unknown> = {
  saves: ['condition'],
  gradient: ([dy], [condition]) => {
    if (dy === undefined || condition === undefined)
      throw new Error('gradient: Select was called without a condition');
    const none = tf.zerosLike(dy);
    return {
      condition: () => tf.zeros(condition.shape),
      t: () => tf.where(condition, dy, none),
      e: () => tf.where(condition, none, dy),
    };
  },
};

/** Kernels whose values are true or false, and the choice by one. */
export const comparisonGradients: Gradients<ComparisonKernel> = {
  Equal: zero('a', 'b'),
  Greater: zero('a', 'b'),
  GreaterEqual: zero('a', 'b'),
  IsFinite: zero('x'),
  IsInf: zero('x'),
  IsNan: zero('x'),
  Less: zero('a', 'b'),
  LessEqual: zero('a', 'b'),
  LogicalAnd: zero('a', 'b'),
  LogicalNot: zero('x'),
  LogicalOr: zero('a', 'b'),
  LogicalXor: { none: 'no op of tfjs calls it: tf.logicalXor is made of other kernels' },
  NotEqual: zero('a', 'b'),
  Select: choice,
};
