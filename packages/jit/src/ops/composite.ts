import * as tf from '@tensorflow/tfjs-core';
import { enableSecondOrderGradients } from '../gradients/second-order.ts';
import type { CompositeKernel } from './composite-kernels.ts';

/** A kernel's inputs by name. */
export type Inputs<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

/** A kernel's attributes: numbers only. */
export type Attributes<Attribute extends string> = Readonly<Record<Attribute, number>>;

/** A kernel written in other ops, with gradients from its inputs alone, themselves written in differentiable ops. */
export interface Composite<Name extends string, Attribute extends string = never> {
  readonly kernel: CompositeKernel;
  readonly inputs: readonly Name[];
  /** The value, in stock ops. */
  readonly value: (inputs: Inputs<Name>, attributes: Attributes<Attribute>) => tf.Tensor;
  /** The gradient by each input, given that of the value. */
  readonly gradients: {
    readonly [Each in Name]: (
      dy: tf.Tensor,
      inputs: Inputs<Name>,
      attributes: Attributes<Attribute>,
    ) => tf.Tensor;
  };
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
      const gradient = (name: Name): tf.Tensor =>
        composite.gradients[name](dy as tf.Tensor, inputs, attrs as Attributes<Attribute>);
      return Object.fromEntries(composite.inputs.map((name) => [name, () => gradient(name)]));
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
