export { enableSecondOrderGradients } from './gradients/second-order.ts';
export { embeddingLookup } from './ops/embedding-lookup.ts';
export { gelu } from './ops/gelu.ts';
export { layerNorm } from './ops/layer-norm.ts';
export { linear } from './ops/linear.ts';
export { logSoftmax, softmax } from './ops/softmax.ts';
export { stopGradient } from './ops/stop-gradient.ts';
