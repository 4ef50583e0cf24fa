import * as tf from '@tensorflow/tfjs-core';
import { binaryGradients } from './binary.ts';
import { elementwiseGradients } from './elementwise.ts';
import { matMulGradient } from './mat-mul.ts';
import { movementGradients } from './movement.ts';
import { reductionGradients } from './reductions.ts';

/**
 * The gradient of every kernel that jit can trace. Each saves *inputs* only. Why: tfjs clones a saved output before the
 * kernel's own node is on its tape, so a gradient of a gradient never finds the path from x to that clone and silently
 * drops it (tensorflow/tfjs#3252; through an attention block the error is 185 %). Exp, tanh, sigmoid, elu, softmax,
 * max, min and pow of stock tfjs are wrong in this way, and comparisons have no gradient at all, so that a nested
 * gradient of max, minimum, clipByValue or leakyRelu throws.
 *
 * The table is complete rather than a patch, because `@tensorflow/tfjs-core` registers no gradients of its own; only
 * the union package `@tensorflow/tfjs` does.
 */
export const secondOrderGradients: readonly tf.GradConfig[] = [
  ...elementwiseGradients,
  ...binaryGradients,
  ...reductionGradients,
  ...movementGradients,
  matMulGradient,
];

/** tfjs warns in debug mode when a gradient is overwritten; one that is removed first is not. */
function replaceGradient(config: tf.GradConfig): void {
  // Typed as always found, but undefined until someone registers one.
  const current = tf.getGradient(config.kernelName) as tf.GradConfig | undefined;
  if (current === config) return;
  if (current !== undefined) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

/**
 * Makes gradients, and gradients of gradients, right in this process's tfjs. First-order gradients keep their values.
 * May be called any number of times, and again after `@tensorflow/tfjs` was imported, which puts its own gradients
 * back; `jit()`, `createEngine()` and the ops of this package call it.
 *
 * Out of reach, because tfjs hides a saved output in a customGrad: `tf.logSoftmax` (use `logSoftmax` of this package),
 * `tf.losses.softmaxCrossEntropy`, and `tf.fused.matMul` with a sigmoid or elu.
 */
export function enableSecondOrderGradients(): void {
  secondOrderGradients.forEach(replaceGradient);
}
