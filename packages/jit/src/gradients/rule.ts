import * as tf from '@tensorflow/tfjs-core';

// Every rule keeps its kernel's inputs and never its outputs: why is said in second-order.ts. The casts of this file
// are the boundary to tfjs's gradient registry, whose types do not know a kernel's inputs.

/** dx from dy and the kernel's only input x. */
type UnaryRule = (dy: tf.Tensor, x: tf.Tensor, attributes: tf.NamedAttrMap) => tf.Tensor;
/** The gradient by one of two inputs from dy and both. */
type BinaryRule = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, attributes: tf.NamedAttrMap) => tf.Tensor;
/** The gradient by input `index` of a kernel that takes a list. */
type VariadicRule = (
  dy: tf.Tensor,
  inputs: readonly tf.Tensor[],
  index: number,
  attributes: tf.NamedAttrMap,
) => tf.Tensor;

/** Gradient of a kernel with one input. */
export function unary(kernelName: string, rule: UnaryRule, input = 'x'): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [input],
    gradFunc: (dy, saved, attributes) => ({
      [input]: () => rule(dy as tf.Tensor, saved[0] as tf.Tensor, attributes),
    }),
  };
}

/** Gradient of a kernel with the inputs `a` and `b`. */
export function binary(kernelName: string, byA: BinaryRule, byB: BinaryRule): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved, attributes) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => byA(dy as tf.Tensor, a, b, attributes),
        b: () => byB(dy as tf.Tensor, a, b, attributes),
      };
    },
  };
}

/** Gradient of a kernel that takes a list of tensors. */
export function variadic(kernelName: string, rule: VariadicRule): tf.GradConfig {
  return {
    kernelName,
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) =>
      Object.fromEntries(
        saved.map((_, index) => [index, () => rule(dy as tf.Tensor, saved, index, attributes)]),
      ),
  };
}

/** Gradient of a kernel with one input and a list of outputs; tfjs fills the unused ones' gradients with zeros. */
export function splitting(
  kernelName: string,
  input: string,
  rule: (dys: tf.Tensor[], attributes: tf.NamedAttrMap) => tf.Tensor,
): tf.GradConfig {
  return {
    kernelName,
    gradFunc: (dys, _saved, attributes) => ({
      [input]: () => rule(Array.isArray(dys) ? dys : [dys], attributes),
    }),
  };
}

/** A kernel that is constant between jumps, such as a comparison: zero for every input, whatever its type. */
export function stepwise(kernelName: string, inputs: readonly string[]): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_dy, saved) =>
      Object.fromEntries(
        inputs.map((name, place) => [name, () => tf.zeros((saved[place] as tf.Tensor).shape)]),
      ),
  };
}
