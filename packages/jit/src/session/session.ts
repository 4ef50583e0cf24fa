import type { HostTensor } from '@im-bert/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { allocate } from '../host/host-tensor.ts';
import type { ElementType, Graph, Value } from '../graph/value.ts';
import { writeModel } from '../onnx/model.ts';
import { refuseTelemetry } from './telemetry.ts';

/** How ONNX Runtime runs a graph. */
export interface SessionOptions {
  /** Threads of one operator; by default all cores. */
  readonly threads?: number;
  /** ONNX Runtime's own rewriting of the graph; `all` is the default. Results agree to rounding. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

function hostType(dtype: ElementType): HostTensor['dtype'] {
  if (dtype === 'int64') throw new Error('session: int64 does not cross to the host');
  return dtype;
}

/** A view of a host tensor for ONNX Runtime; the data is not copied. */
function view({ dtype, data, shape }: HostTensor): Tensor {
  switch (dtype) {
    case 'float32':
      return new Tensor(dtype, data, shape);
    case 'int32':
      return new Tensor(dtype, data, shape);
    case 'bool':
      return new Tensor(dtype, data, shape);
  }
}

function inputName({ origin }: Value): string {
  if (origin.kind !== 'input') throw new Error('session: an input of the graph is not one');
  return origin.name;
}

/** A compiled graph, loaded into ONNX Runtime. */
export class Session {
  readonly #native: InferenceSession;
  readonly #graph: Graph;

  private constructor(native: InferenceSession, graph: Graph) {
    this.#native = native;
    this.#graph = graph;
  }

  /** Loads a graph. @throws Error from ONNX Runtime if it rejects the model */
  static async load(graph: Graph, { threads, optimization = 'all' }: SessionOptions): Promise<Session> {
    refuseTelemetry();
    const native = await InferenceSession.create(writeModel(graph), {
      graphOptimizationLevel: optimization,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      logSeverityLevel: 4, // what it would log is thrown anyway
      // the pattern of the first run is allocated anew, as one block, beside what the first run used: a third more memory
      // for a training step, and no faster
      enableMemPattern: false,
      // every session would keep an arena as large as its largest run; without one, sessions share the process's heap
      enableCpuMemArena: false,
      // denormals, which dying activations and Adam's moments reach, would slow every product that meets them a hundredfold
      extra: {
        session: { set_denormal_as_zero: '1' },
        // they would undo simplify/products.ts
        optimization: { disable_specified_optimizers: 'MatmulTransposeFusion;GemmTransposeFusion' },
      },
    });
    return new Session(native, graph);
  }

  /**
   * Runs once. ONNX Runtime computes on the calling thread, so the event loop stands still meanwhile.
   * @param inputs in the graph's order; read in place
   * @param into a buffer for each output or undefined, for which one is made; results are written in place
   * @returns the outputs in the graph's order
   */
  async run(
    inputs: readonly HostTensor[],
    into: readonly (HostTensor | undefined)[],
  ): Promise<readonly HostTensor[]> {
    const outputs = this.#graph.outputs.map(
      ({ value }, index) => into[index] ?? allocate(hostType(value.dtype), value.shape),
    );
    const feeds = inputs.map((input, index) => {
      const value = this.#graph.inputs[index];
      if (value === undefined) throw new Error(`session: input ${index} of ${this.#graph.inputs.length}`);
      return [inputName(value), view(input)] as const;
    });
    const fetches = outputs.map(
      (output, index) => [this.#graph.outputs[index]?.name ?? '', view(output)] as const,
    );
    // what it returns are further copies of the outputs that it wrote into `fetches`; they are dropped
    try {
      await this.#native.run(Object.fromEntries(feeds), Object.fromEntries(fetches));
    } catch (error) {
      throw new Error(
        `jit "${this.#graph.name}": ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
    return outputs;
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    await this.#native.release();
  }
}
