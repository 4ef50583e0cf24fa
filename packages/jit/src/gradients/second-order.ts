import * as tf from '@tensorflow/tfjs-core';
import { arithmeticGradients } from './arithmetic.ts';
import { comparisonGradients } from './comparison.ts';
import { creationGradients } from './creation.ts';
import { elementwiseGradients } from './elementwise.ts';
import { indexingGradients } from './indexing.ts';
import { matrixGradients } from './matrix.ts';
import { reductionGradients } from './reduction.ts';
import type { Gradients, NoGradient, Rule, StockKernel } from './rule.ts';
import { shapeGradients } from './shape.ts';

/**
 * The gradient of every kernel that jit can trace: a rule (`zero` where nothing changes smoothly), or the reason why there is
 * none; a kernel with a lowering and without a decision here does not compile. Each saves *inputs* only. Why: tfjs clones a
 * saved output before the kernel's own node is on its tape, so a gradient of a gradient never finds the path from x to that
 * clone and silently drops it (tensorflow/tfjs#3252; through an attention block the error is 185 %). Exp, tanh, sigmoid, elu,
 * softmax, max, min and pow of stock tfjs are wrong in this way, and comparisons have no gradient at all, so that a nested
 * gradient of max, minimum, clipByValue or leakyRelu throws.
 *
 * The table is complete rather than a patch, because `@tensorflow/tfjs-core` registers no gradients of its own; only
 * the union package `@tensorflow/tfjs` does.
 */
export const gradients: Gradients<StockKernel> = {
  ...arithmeticGradients,
  ...comparisonGradients,
  ...creationGradients,
  ...elementwiseGradients,
  ...indexingGradients,
  ...matrixGradients,
  ...reductionGradients,
  ...shapeGradients,
};

// The boundary to tfjs's registry, whose types know neither a kernel's inputs nor its attributes.

function configOf(kernelName: string, rule: Rule<never> | NoGradient): tf.GradConfig {
  if ('none' in rule)
    return {
      kernelName,
      gradFunc: () => {
        throw new Error(`The kernel ${kernelName} has no gradient: ${rule.none}.`);
      },
    };
  const { saves, gradient } = rule;
  return {
    kernelName,
    ...(saves === 'all' ? { saveAllInputs: true } : { inputsToSave: [...saves] }),
    gradFunc: (dy, saved, attributes) => gradient(Array.isArray(dy) ? dy : [dy], saved, attributes as never),
  };
}

/** The table as tfjs registers it. */
export const secondOrderGradients: readonly tf.GradConfig[] = Object.entries<Rule<never> | NoGradient>(
  gradients,
).map(([name, rule]) => configOf(name, rule));

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
