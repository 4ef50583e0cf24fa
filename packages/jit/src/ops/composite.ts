import * as tf from '@tensorflow/tfjs-core';
import { enableSecondOrderGradients } from '../gradients/second-order.ts';
import type { CompositeKernel } from '../kernels/composite-kernels.ts';

/** A kernel's inputs by name. */
export type Inputs<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

/** A kernel's attributes: numbers only. */
export type Attributes<Attribute extends string> = Readonly<Record<Attribute, number>>;

/** The gradient by one input, given that of the value. */
type GradientRule<Name extends string, Attribute extends string> = (
  dy: tf.Tensor,
  inputs: Inputs<Name>,
  attributes: Attributes<Attribute>,
) => tf.Tensor;

/** A kernel written in other ops, with gradients from its inputs alone, themselves written in differentiable ops. */
export interface Composite<Name extends string, Attribute extends string = never> {
  readonly kernel: CompositeKernel;
  readonly inputs: readonly Name[];
  /** The value, in stock ops. */
  readonly value: (inputs: Inputs<Name>, attributes: Attributes<Attribute>) => tf.Tensor;
  readonly gradients: Readonly<Record<Name, GradientRule<Name, Attribute>>>;
}

// The casts of this file are the boundary to tfjs's registries, whose types do not know a kernel's inputs.

function gradientOf<Name extends string, Attribute extends string>(
  composite: Composite<Name, Attribute>,
): tf.GradConfig {
  return {
    kernelName: composite.kernel,
    inputsToSave: [...composite.inputs],
    gradFunc: (dy, saved, attrs) => {
      const inputs = Object.fromEntries(
        composite.inputs.map((name, place) => [name, saved[place]]),
      ) as Inputs<Name>;
      const rules = Object.entries<GradientRule<Name, Attribute>>(composite.gradients);
      const attributes = attrs as Attributes<Attribute>;
      return Object.fromEntries(
        rules.map(([name, rule]) => [name, () => rule(dy as tf.Tensor, inputs, attributes)]),
      );
    },
  };
}

function kernelOf<Name extends string, Attribute extends string>(
  composite: Composite<Name, Attribute>,
  backendName: string,
): tf.KernelConfig {
  return {
    kernelName: composite.kernel,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      // tfjs hands kernels the tensors themselves; while a kernel runs, its tape is off.
      tf.tidy(() => composite.value(inputs as Inputs<Name>, attrs as Attributes<Attribute>)),
  };
}

/** Registers the composite on first use, so that importing does no work and later backends are served too. */
function prepare<Name extends string, Attribute extends string>(composite: Composite<Name, Attribute>): void {
  enableSecondOrderGradients();
  tf.backend(); // the first use starts the backend, and only then has it a name
  const backendName = tf.getBackend();
  const [gradient, kernel] = [
    tf.getGradient(composite.kernel),
    tf.getKernel(composite.kernel, backendName),
  ] as [tf.GradConfig | undefined, tf.KernelConfig | undefined];
  if (gradient === undefined) tf.registerGradient(gradientOf(composite));
  if (kernel === undefined) tf.registerKernel(kernelOf(composite, backendName));
}

/** Runs the composite: as one kernel with one gradient, on whatever backend is active. */
export function runComposite<Name extends string, Attribute extends string = never>(
  composite: Composite<Name, Attribute>,
  inputs: Inputs<Name>,
  attributes: Attributes<Attribute>,
): tf.Tensor {
  prepare(composite);
  return tf.engine().runKernel(composite.kernel, { ...inputs }, { ...attributes });
}
