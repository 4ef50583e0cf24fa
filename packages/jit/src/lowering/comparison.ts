import type { GraphBuilder } from '../graph/builder.ts';
import type { OperatorName } from '../graph/operators.ts';
import type { Value } from '../graph/value.ts';
import { cast } from './element-types.ts';
import type { Lowerings } from '../kernels/kernels.ts';
import type { ComparisonKernel } from '../kernels/families.ts';

interface Operands {
  readonly a: Value;
  readonly b: Value;
}

/** Brings both to one type that the operator has; bools compare as numbers. */
function alike(graph: GraphBuilder, { a, b }: Operands): readonly Value[] {
  const common = a.dtype === 'float32' || b.dtype === 'float32' ? 'float32' : 'int32';
  return [cast(graph, a, common), cast(graph, b, common)];
}

function compare(operator: OperatorName) {
  return (graph: GraphBuilder, operands: Operands): Value => graph.apply(operator, alike(graph, operands));
}

function logical(operator: OperatorName) {
  return (graph: GraphBuilder, { a, b }: Operands): Value =>
    graph.apply(operator, [cast(graph, a, 'bool'), cast(graph, b, 'bool')]);
}

/** ONNX's tests for NaN and infinity, false for integers. */
function classify(operator: 'IsInf' | 'IsNaN') {
  return (graph: GraphBuilder, { x }: { readonly x: Value }): Value =>
    graph.apply(operator, [cast(graph, x, 'float32')]);
}

const isInfinite = classify('IsInf');
const isNan = classify('IsNaN');

/** Lowerings of comparisons and logic. */
export const comparisonLowerings: Lowerings<ComparisonKernel> = {
  Equal: compare('Equal'),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  IsFinite: (graph, inputs) => graph.ops.not(graph.ops.or(isInfinite(graph, inputs), isNan(graph, inputs))),
  IsInf: isInfinite,
  IsNan: isNan,
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalNot: (graph, { x }) => graph.ops.not(cast(graph, x, 'bool')),
  LogicalOr: logical('Or'),
  LogicalXor: logical('Xor'),
  NotEqual: (graph, operands) => graph.ops.not(compare('Equal')(graph, operands)),
  Select: (graph, { condition, t, e }) => {
    const common =
      t.dtype === e.dtype ? t.dtype : t.dtype === 'float32' || e.dtype === 'float32' ? 'float32' : 'int32';
    const rank = t.shape.length;
    // a condition of rank 1 chooses whole rows of a higher rank
    const rows =
      condition.shape.length === 1 && rank > 1
        ? [...condition.shape, ...t.shape.slice(1).fill(1)]
        : undefined;
    const chosen = rows === undefined ? condition : graph.ops.reshape(condition, rows);
    return graph.ops.where(cast(graph, chosen, 'bool'), cast(graph, t, common), cast(graph, e, common));
  },
};
