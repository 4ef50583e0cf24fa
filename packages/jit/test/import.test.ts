import * as tf from '@tensorflow/tfjs-core';
import { compositeKernels } from '../src/kernels/composite-kernels.ts';

test('importing the package registers nothing; the first use of an op does, for the backend that is active', async () => {
  const { gelu } = await import('../src/index.ts');
  const { useCpuBackend } = await import('./support/cpu-backend.ts');
  const gradients = (): boolean[] =>
    [...compositeKernels, 'Exp'].map((name) => Boolean(tf.getGradient(name)));
  expect(gradients()).not.toContain(true);
  await useCpuBackend();
  expect(tf.getKernelsForBackend('cpu').filter(({ kernelName }) => kernelName.startsWith('Im'))).toHaveLength(
    1,
  ); // Imag
  tf.tidy(() => gelu(tf.zeros([1])));
  expect(tf.getKernel('ImGelu', 'cpu')).toBeDefined();
  expect(tf.getGradient('Exp')).toBeDefined();
});
