import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import { jit } from '../jit.ts';
import type { Engine, EngineOptions } from './engine.ts';

/** The compiling engine: `jit` with the same threads for every function. */
export function createOnnxEngine({ threads = availableParallelism() }: EngineOptions): Engine {
  const disposals: (() => Promise<void>)[] = [];
  return {
    name: 'onnx',
    description: `ONNX Runtime ${env.versions.node ?? ''} on ${threads} thread${threads === 1 ? '' : 's'}`,
    compile: (fn, options = {}) => {
      const compiled = jit(fn, { ...options, threads });
      disposals.push(() => compiled.dispose());
      return compiled;
    },
    dispose: async () => {
      for (const dispose of disposals.splice(0)) await dispose();
    },
  };
}
