import { jit } from '../jit.ts';
import type { Engine, EngineOptions } from '../engines/engine.ts';
import { triedRuntime } from './providers.ts';

/** The compiling engine: `jit` with the same runtime for every function. */
export async function createOnnxEngine({ threads, provider = 'cpu' }: EngineOptions): Promise<Engine> {
  const runtime = await triedRuntime(provider, threads);
  const disposals: (() => Promise<void>)[] = [];
  return {
    name: 'onnx',
    description: runtime.description,
    compile: (fn, options = {}) => {
      const compiled = jit(fn, { ...options, runtime });
      disposals.push(() => compiled.dispose());
      return compiled;
    },
    dispose: async () => {
      for (const dispose of disposals.splice(0)) await dispose();
    },
  };
}
