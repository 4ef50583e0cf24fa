import { at, broadcast, expectSameType, expectTypes, type Operator } from './operator-rule.ts';
import type { Attributes, TensorType, Value } from './value.ts';

function flag(attributes: Attributes, name: string): boolean {
  return attributes[name] === 1;
}

function product(a: Value, b: Value, transA: boolean, transB: boolean): TensorType {
  expectTypes([a, b], 'float32', 'int32');
  if (a.shape.length < 2 || b.shape.length < 2) throw new Error('expected matrices');
  const [rows, innerA] = transA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const [innerB, columns] = transB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
  if (innerA !== innerB) throw new Error(`inner sizes ${String(innerA)} and ${String(innerB)} differ`);
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return { dtype: a.dtype, shape: [...batch, rows ?? 0, columns ?? 0] };
}

/** The sizes of an equation's letters. @throws Error if operands disagree or the result has a letter of its own */
function summed(inputs: readonly Value[], equation: string): readonly number[] {
  const [left = '', result = ''] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== inputs.length) throw new Error(`expected ${terms.length} operands for ${equation}`);
  const sizes = new Map<string, number>();
  inputs.forEach(({ shape }, place) => {
    const letters = Array.from(terms[place] ?? '');
    if (letters.length !== shape.length)
      throw new Error(`"${letters.join('')}" does not name [${shape.join(', ')}]`);
    shape.forEach((size, axis) => {
      const letter = letters[axis] ?? '';
      if ((sizes.get(letter) ?? size) !== size) throw new Error(`two sizes for "${letter}" in ${equation}`);
      sizes.set(letter, size);
    });
  });
  return Array.from(result, (letter) => {
    const size = sizes.get(letter);
    if (size === undefined) throw new Error(`no operand has "${letter}" of ${equation}`);
    return size;
  });
}

/** Matrix products. */
export const matrixOperators = {
  MatMul: { infer: (inputs) => [product(at(inputs, 0), at(inputs, 1), false, false)] },
  Einsum: {
    infer: (inputs, { equation }) => {
      expectTypes(inputs, 'float32', 'int32');
      return [{ dtype: expectSameType(inputs), shape: summed(inputs, String(equation)) }];
    },
  },
  FusedMatMul: {
    domain: 'com.microsoft',
    floats: ['alpha'],
    infer: (inputs, attributes) => [
      product(at(inputs, 0), at(inputs, 1), flag(attributes, 'transA'), flag(attributes, 'transB')),
    ],
  },
  /** alpha · A · B + beta · C for rank 2, C broadcast over the rows. */
  Gemm: {
    floats: ['alpha', 'beta'],
    infer: (inputs, attributes) => [
      product(at(inputs, 0), at(inputs, 1), flag(attributes, 'transA'), flag(attributes, 'transB')),
    ],
  },
} satisfies Record<string, Operator>;
