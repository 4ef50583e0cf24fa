import * as tf from '@tensorflow/tfjs-core';

// The gradients of tfjs 4.22.0 (tfjs-core/src/gradients/*_grad.ts), which save their kernel's output: what the gates
// must catch. `@tensorflow/tfjs-core` holds them in files that its entry point does not load.

function outputSaving(kernelName: string, slope: (y: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return {
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({ x: () => tf.mul(dy as tf.Tensor, slope(saved[0] as tf.Tensor)) }),
  };
}

export const stockExp = outputSaving('Exp', (y) => y);
export const stockTanh = outputSaving('Tanh', (y) => tf.sub(1, tf.square(y)));
export const stockSigmoid = outputSaving('Sigmoid', (y) => tf.mul(y, tf.sub(1, y)));

export const stockElu: tf.GradConfig = {
  kernelName: 'Elu',
  outputsToSave: [true],
  gradFunc: (dy, saved) => ({
    x: () => tf.engine().runKernel('EluGrad', { dy: dy as tf.Tensor, y: saved[0] as tf.Tensor }),
  }),
};

export const stockSoftmax: tf.GradConfig = {
  kernelName: 'Softmax',
  outputsToSave: [true],
  gradFunc: (dy, saved, { dim }) => {
    const y = saved[0] as tf.Tensor;
    const dyTimesY = tf.mul(dy as tf.Tensor, y);
    return { logits: () => tf.sub(dyTimesY, tf.mul(tf.sum(dyTimesY, [dim as number], true), y)) };
  },
};
