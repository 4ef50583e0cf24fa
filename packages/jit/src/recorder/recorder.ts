import { UserError } from '@im-bert/core/errors';
import * as tf from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../graph/builder.ts';
import { uniformNumber } from '../graph/constant.ts';
import type { ConstantData, Value } from '../graph/value.ts';
import { full } from '../lowering/creation.ts';
import { callSite } from './call-site.ts';

/** A tensor's handle: tfjs knows tensors by such objects and nothing else. */
type DataId = tf.DataId;

interface Entry {
  readonly value: Value;
  references: number;
}

/** Handles that any recorder ever gave out: tells a tensor that outlived its trace from one of another backend. */
const everRecorded = new WeakSet();

function describe(info: tf.TensorInfo): string {
  return `a ${info.dtype} tensor of shape [${info.shape.join(', ')}]`;
}

/**
 * A tfjs backend that computes nothing: its tensors stand for values of a graph, and its kernels (register-kernels.ts)
 * add nodes. tfjs's own automatic differentiation runs on top, so gradients are recorded like everything else.
 */
export class Recorder extends tf.KernelBackend {
  readonly graph: GraphBuilder;
  readonly #name: string;
  readonly #entries = new Map<DataId, Entry>();

  constructor(name: string) {
    super();
    this.#name = name;
    this.graph = new GraphBuilder(name);
  }

  /** A new handle for a value. */
  handle(value: Value): tf.TensorInfo {
    const { dtype, shape } = value;
    if (dtype === 'int64') throw new Error(`graph "${this.#name}": a kernel gave an int64 value to tfjs`);
    const dataId = {};
    this.#entries.set(dataId, { value, references: 1 });
    everRecorded.add(dataId);
    return { dataId, dtype, shape: [...shape] };
  }

  /** The value that a tensor stands for. @throws UserError if the tensor is not of this trace */
  valueFor(info: tf.TensorInfo): Value {
    const entry = this.#entries.get(info.dataId);
    if (entry === undefined) throw this.#stranger(info);
    const { shape } = entry.value;
    if (shape.join() === info.shape.join()) return entry.value;
    // tfjs may wrap one handle in another shape, as reshape does on other backends
    return this.graph.apply('Reshape', [entry.value, this.graph.integers(info.shape)]);
  }

  #stranger(info: tf.TensorInfo): UserError {
    const leaked = everRecorded.has(info.dataId);
    return new UserError({
      where: `jit "${this.#name}" at ${callSite()}`,
      expected: 'only tensors made by the traced function or passed to it',
      got: `${describe(info)} ${leaked ? 'that leaked from an earlier trace' : 'that was made outside'}`,
      remedy: leaked
        ? 'Return it from the traced function instead of storing it.'
        : 'Pass it as an argument.',
    });
  }

  #unreadable(what: string): UserError {
    return new UserError({
      where: `jit "${this.#name}" at ${callSite()}`,
      expected: 'a function that does not look at values (they exist only when the graph runs)',
      got: `a read of ${what}`,
      remedy: 'Use tf.where instead of branching on a value, and return what you want to see.',
    });
  }

  /** A constant of the program: tfjs makes these of JavaScript numbers. */
  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    return this.handle(this.#constant(values, shape, dtype)).dataId;
  }

  #constant(values: tf.BackendValues, shape: readonly number[], dtype: tf.DataType): Value {
    if (dtype === 'string' || dtype === 'complex64' || Array.isArray(values))
      throw new UserError({
        where: `jit "${this.#name}" at ${callSite()}`,
        expected: 'float32, int32 or bool',
        got: dtype,
      });
    const [first] = values;
    // one number everywhere (zeros, ones) is kept as a scalar: a large one takes no room in the file
    if (first !== undefined && values.length > 1 && values.every((value) => Object.is(value, first)))
      return full(this.graph, shape, this.graph.scalar(first, dtype));
    return this.graph.constant(dtype, shape, copy(values, dtype));
  }

  override readSync(dataId: DataId): tf.BackendValues {
    const value = this.#entries.get(dataId)?.value;
    if (value === undefined) throw this.#unreadable('a tensor that outlived its trace');
    const { origin, shape } = value;
    if (origin.kind === 'constant' && !(origin.data instanceof BigInt64Array)) return origin.data.slice();
    const uniform = uniformNumber(value);
    if (uniform === undefined) throw this.#unreadable(`the value of ${value.dtype}[${shape.join(', ')}]`);
    return new Float32Array(tf.util.sizeFromShape([...shape])).fill(uniform);
  }

  override read(dataId: DataId): Promise<tf.BackendValues> {
    return new Promise((resolve) => {
      resolve(this.readSync(dataId));
    });
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return true;
    entry.references -= 1;
    if (entry.references > 0 && !force) return false;
    return this.#entries.delete(dataId);
  }

  override incRef(dataId: DataId): void {
    const entry = this.#entries.get(dataId);
    if (entry !== undefined) entry.references += 1;
  }

  override refCount(dataId: DataId): number {
    return this.#entries.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  /** tfjs asks before it moves a tensor of another backend here, which would bake its value in. */
  override move(_dataId: DataId, _values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    throw this.#stranger({ dataId: {}, shape, dtype });
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  /** As the cpu backend: tfjs's optimizers add it to denominators. */
  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#entries.clear();
  }
}

function copy(
  values: Float32Array | Int32Array | Uint8Array,
  dtype: 'float32' | 'int32' | 'bool',
): ConstantData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'bool':
      return Uint8Array.from(values);
  }
}
