import type { HostTensor } from '@im-bert/core/tensor';
import type * as ort from 'onnxruntime-common';
import type { Graph } from '../graph/value.ts';

/** A package of ONNX Runtime: `onnxruntime-node` or `onnxruntime-web`. */
export type OnnxRuntime = Pick<typeof ort, 'InferenceSession' | 'Tensor'>;

/** How ONNX Runtime runs a graph. */
export interface SessionOptions {
  /** Threads of one operator; by default all cores. */
  readonly threads?: number;
  /** ONNX Runtime's own rewriting of the graph; `all` is the default. Results agree to rounding. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** A graph that is ready to run. */
export interface LoadedGraph {
  run(
    inputs: readonly HostTensor[],
    into: readonly (HostTensor | undefined)[],
  ): Promise<readonly HostTensor[]>;
  release(): Promise<void>;
}

/** What runs graphs: ONNX Runtime of Node (`@im-bert/jit/node`) or of a browser (`@im-bert/jit/web`), on one provider. */
export interface Runtime {
  /** For logs: "ONNX Runtime 1.30.0 on 2 threads". */
  readonly description: string;
  load(graph: Graph, options: SessionOptions): Promise<LoadedGraph>;
}
