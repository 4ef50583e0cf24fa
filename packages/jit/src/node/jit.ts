import { type Compiled, jit as compile, type JitOptions } from '../jit.ts';
import { nodeRuntime } from './providers.ts';

/** `jit` of the main entry, on the CPU by onnxruntime-node unless another runtime is given. */
export function jit<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  options: JitOptions = {},
): Compiled<Args, Out> {
  return compile(fn, { runtime: nodeRuntime(), ...options });
}
