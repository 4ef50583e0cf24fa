import type { Compiled } from '../jit.ts';

/** The engines by name: `onnx` compiles, `tfjs` runs each op as it comes. */
export type EngineName = 'onnx' | 'tfjs';

/** Runs functions of tensors; code written against it does not know which engine it is. */
export interface Engine {
  readonly name: EngineName;
  /** What runs underneath, for logs: "ONNX Runtime 1.30.0 on 2 threads" or "tfjs backend cpu: ...". */
  readonly description: string;
  /** Makes a function of tensors a function of host tensors. */
  compile<Args extends readonly unknown[], Out>(
    fn: (...args: Args) => Out,
    options?: { readonly name?: string },
  ): Compiled<Args, Out>;
  /** Frees everything that was compiled here. */
  dispose(): Promise<void>;
}

/** Options of `createEngine`. */
export interface EngineOptions {
  /** What computes in the onnx engine: `cpu` by default, or a GPU by `webgpu` or `cuda`. */
  readonly provider?: 'cpu' | 'webgpu' | 'cuda';
  /** Threads of the onnx engine; by default all cores. tfjs's backends have settings of their own. */
  readonly threads?: number;
  /**
   * Backend of the tfjs engine. `auto` takes the one that is set, else `@tensorflow/tfjs-node-gpu` if it is installed,
   * else the cpu backend; a name asks for that one (`gpu` for tfjs-node-gpu).
   */
  readonly backend?: string;
}
