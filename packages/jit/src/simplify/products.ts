import { uniformNumber } from '../graph/constant.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Attributes, Value } from '../graph/value.ts';
import { madeBy } from './patterns.ts';
import type { Rule } from './rewrite.ts';

/** Products smaller than this (in multiplications) are not worth a transposed copy. */
const smallProduct = 2 ** 22;

function transposed(graph: GraphBuilder, x: Value): Value {
  return graph.ops.transpose(x, [1, 0]);
}

/**
 * Aᵀ·B of matrices, written with a transposed copy of the narrower one. ONNX Runtime's Gemm transposes A again for every
 * 128 columns of the result, which costs a quarter of its time; one copy costs a hundredth (measured at 2048 x 768 x 3072).
 */
const transposeOnce: Rule = (graph, { operator, inputs: [a, b, c], attributes }) => {
  if (operator !== 'Gemm' || a === undefined || b === undefined || c !== undefined) return undefined;
  if (attributes.transA !== 1 || attributes.transB === 1 || attributes.alpha !== undefined) return undefined;
  const [inner = 0, rows = 0] = a.shape;
  const columns = b.shape[1] ?? 0;
  if (inner * rows * columns < smallProduct) return undefined;
  if (rows <= columns) return graph.ops.matMul(transposed(graph, a), b);
  return transposed(graph, graph.ops.matMul(transposed(graph, b), a));
};

/** A number that multiplies x, and x. */
function scaled(value: Value): readonly [Value, number] | undefined {
  const [a, b] = madeBy(value, 'Mul')?.inputs ?? [];
  if (a === undefined || b === undefined || value.dtype !== 'float32') return undefined;
  const [left, right] = [uniformNumber(a), uniformNumber(b)];
  if (right !== undefined && b.shape.length === 0) return [a, right];
  return left !== undefined && a.shape.length === 0 ? [b, left] : undefined;
}

function alphaOf(attributes: Attributes): number {
  return typeof attributes.alpha === 'number' ? attributes.alpha : 1;
}

/** A number that multiplies an operand of a product multiplies the sums inside it instead, at no cost. */
const scaleInside: Rule = (graph, { operator, inputs: [a, b, c], attributes }) => {
  if (
    (operator !== 'MatMul' && operator !== 'FusedMatMul') ||
    a === undefined ||
    b === undefined ||
    c !== undefined
  )
    return undefined;
  const [left, right] = [scaled(a), scaled(b)];
  if (left === undefined && right === undefined) return undefined;
  const alpha = alphaOf(attributes) * (left?.[1] ?? 1) * (right?.[1] ?? 1);
  return graph.apply('FusedMatMul', [left?.[0] ?? a, right?.[0] ?? b], { ...attributes, alpha });
};

/** Rules that make products cheaper. */
export const productRules: readonly Rule[] = [transposeOnce, scaleInside];
