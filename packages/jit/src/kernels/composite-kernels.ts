/**
 * The kernels that this package adds to tfjs: each runs eagerly on any backend as a composition of stock ops, and lowers
 * to a fused ONNX Runtime operator when traced. The trace backend registers its own kernel under the same name, so the
 * eager composition is never reached there.
 *
 * | kernel            | inputs                                            | attrs       | value, rows = all axes but the last       | lowering |
 * |-------------------|---------------------------------------------------|-------------|-------------------------------------------|----------|
 * | `ImGelu`          | `x` [..]                                          |             | x·Φ(x), exact erf                         | `Gelu` (opset 20, approximate none) or com.microsoft `Gelu` |
 * | `ImGeluGrad`      | `x`, `dy` [..] same shape                         |             | dy·(Φ(x) + x·φ(x))                        | few passes over memory: lowering/composite.ts |
 * | `ImNormalize`     | `x` [.., D]                                       | `epsilon`   | x̂ = (x - mean)·rstd over the last axis    | `LayerNormalization(x, ones[D])`, axis -1 |
 * | `ImLayerNorm`     | `x` [.., D], `gain` [D], `bias` [D]               | `epsilon`   | x̂·gain + bias                             | `LayerNormalization`, axis -1 |
 * | `ImLayerNormGrad` | `x` [.., D], `gain` [D], `dy` [.., D]             | `epsilon`   | rstd·(g - mean(g) - x̂·mean(g·x̂)), g = dy·gain | `LayerNormalization` for x̂ and rstd, then few passes |
 * | `ImLinear`        | `x` [N, in], `weight` [out, in], `bias` [out]     |             | x·weightᵀ + bias [N, out]                 | `Gemm(transB = 1)` |
 *
 * All are float32 with one output. Their gradients (registered once, see composite.ts) only use these kernels and stock ones.
 */
export const compositeKernels = [
  'ImGelu',
  'ImGeluGrad',
  'ImNormalize',
  'ImLayerNorm',
  'ImLayerNormGrad',
  'ImLinear',
] as const;

export type CompositeKernel = (typeof compositeKernels)[number];
