import * as tf from '@tensorflow/tfjs-core';
import { enableSecondOrderGradients } from '../gradients/second-order.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { eager } from './eager.ts';
import { chooseBackend } from './tfjs-backend.ts';

/** The eager engine: runs the function itself on a tfjs backend, op by op. */
export async function createTfjsEngine({ backend = 'auto' }: EngineOptions): Promise<Engine> {
  enableSecondOrderGradients();
  const chosen = await chooseBackend(backend);
  return {
    name: 'tfjs',
    description: `tfjs ${tf.version_core}, ${chosen.description}`,
    compile: (fn, options = {}) => eager(fn, options.name ?? (fn.name || 'anonymous'), chosen.name),
    dispose: () => Promise.resolve(), // its functions keep nothing
  };
}
