import { at, broadcast, expectTypes, type Operator } from './operator-rule.ts';
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

/** Matrix products. */
export const matrixOperators = {
  MatMul: { infer: (inputs) => [product(at(inputs, 0), at(inputs, 1), false, false)] },
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
