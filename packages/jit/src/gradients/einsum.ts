import * as tf from '@tensorflow/tfjs-core';
import { type Rule, variadic } from './rule.ts';

/**
 * The gradient by operand `index` is a sum of the same kind: dy takes the operand's place, and its letters become the result.
 * A letter that only this operand has was summed away, so its gradient is the same along it.
 */
export const einsumGradient: Rule<tf.EinsumAttrs> = variadic((dy, inputs, index, { equation }) => {
  const [left = '', result = ''] = equation.replaceAll(/\s/g, '').split('->');
  const terms = left.split(',');
  const own = Array.from(terms[index] ?? '');
  const others = terms.filter((_, place) => place !== index);
  const known = own.filter((letter) => result.includes(letter) || others.join('').includes(letter));
  const operands = [dy, ...inputs.filter((_, place) => place !== index)];
  const sum = `${[result, ...others].join()}->${known.join('')}`;
  // the cpu backend gives its operand itself back where nothing is to do, and tfjs then loses the second gradient
  const part = sum === `${result}->${result}` ? dy : tf.einsum(sum, ...operands);
  const shape = inputs[index]?.shape ?? [];
  const kept = shape.map((size, axis) => (known.includes(own[axis] ?? '') ? size : 1));
  return tf.broadcastTo(tf.reshape(part, kept), shape);
});
