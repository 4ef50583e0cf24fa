import type { HostTensor } from '@im-bert/core/tensor';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { allocate, copyInto } from '../host/host-tensor.ts';
import type { ElementType, Graph, Value } from '../graph/value.ts';
import { writeModel } from '../onnx/model.ts';
import type { LoadedGraph, OnnxRuntime } from './runtime.ts';

function hostType(dtype: ElementType): HostTensor['dtype'] {
  if (dtype === 'int64') throw new Error('session: int64 does not cross to the host');
  return dtype;
}

/** A view of a host tensor for ONNX Runtime; the data is not copied. */
function view({ Tensor }: OnnxRuntime, { dtype, data, shape }: HostTensor): Tensor {
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

/** A result of a run as a host tensor. @throws Error if its data has another type than the graph says */
function hostOf(result: Tensor | undefined, name: string): HostTensor {
  const { type, data, dims: shape } = result ?? {};
  if (type === 'float32' && data instanceof Float32Array) return { dtype: type, data, shape: shape ?? [] };
  if (type === 'int32' && data instanceof Int32Array) return { dtype: type, data, shape: shape ?? [] };
  if (type === 'bool' && data instanceof Uint8Array) return { dtype: type, data, shape: shape ?? [] };
  throw new Error(`session: ONNX Runtime gave ${name} as ${String(type)}`);
}

/** A compiled graph, loaded into ONNX Runtime. */
export class Session implements LoadedGraph {
  readonly #ort: OnnxRuntime;
  readonly #native: InferenceSession;
  readonly #graph: Graph;
  readonly #writesInPlace: boolean;

  private constructor(ort: OnnxRuntime, native: InferenceSession, graph: Graph, writesInPlace: boolean) {
    this.#ort = ort;
    this.#native = native;
    this.#graph = graph;
    this.#writesInPlace = writesInPlace;
  }

  /** Loads a graph. @throws Error from ONNX Runtime if it rejects the model */
  static async load(
    ort: OnnxRuntime,
    graph: Graph,
    options: InferenceSession.SessionOptions,
    writesInPlace: boolean,
  ): Promise<Session> {
    const native = await ort.InferenceSession.create(writeModel(graph), options);
    return new Session(ort, native, graph, writesInPlace);
  }

  /**
   * Runs once. On a CPU, ONNX Runtime computes on the calling thread, so the event loop stands still meanwhile.
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
      return [inputName(value), view(this.#ort, input)] as const;
    });
    const names = this.#graph.outputs.map(({ name }) => name);
    const fetches = outputs.map((output, index) => [names[index] ?? '', view(this.#ort, output)] as const);
    const wanted = this.#writesInPlace ? Object.fromEntries(fetches) : names;
    const results = await this.#run(Object.fromEntries(feeds), wanted);
    // where ONNX Runtime wrote into `fetches`, what it returns are further copies; they are dropped
    if (!this.#writesInPlace)
      outputs.forEach((output, index) =>
        copyInto(output, hostOf(results[names[index] ?? ''], names[index] ?? '')),
      );
    return outputs;
  }

  async #run(
    feeds: InferenceSession.FeedsType,
    fetches: InferenceSession.FetchesType,
  ): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#native.run(feeds, fetches);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`jit "${this.#graph.name}": ${message}`, { cause: error });
    }
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    await this.#native.release();
  }
}
