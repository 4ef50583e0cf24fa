import { elementTypeCodes } from '../graph/elementwise-operators.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { ElementType, Value } from '../graph/value.ts';

/**
 * Converts the elements as tfjs does: to int32 by truncation, to bool by "not zero".
 * NaN to bool is true in both; NaN and infinities to int32 differ between machines and are not defined here.
 */
export function cast(graph: GraphBuilder, x: Value, dtype: ElementType): Value {
  return x.dtype === dtype ? x : graph.apply('Cast', [x], { to: elementTypeCodes[dtype] });
}

/** Runs `compute` in float32 and gives the result in the type of `x`: tfjs kernels that are floats inside. */
export function inFloat(graph: GraphBuilder, x: Value, compute: (x: Value) => Value): Value {
  return cast(graph, compute(cast(graph, x, 'float32')), x.dtype);
}

/** bool has no arithmetic in ONNX: computes in int32 and gives the result back as tfjs does, in the first one's type. */
export function inNumbers(
  graph: GraphBuilder,
  values: readonly Value[],
  compute: (values: readonly Value[]) => Value,
): Value {
  const types = values.map(({ dtype }) => dtype);
  const common = types.includes('float32') ? 'float32' : 'int32';
  const result = compute(values.map((value) => cast(graph, value, common)));
  return types.every((dtype) => dtype === 'bool') ? cast(graph, result, 'bool') : result;
}
