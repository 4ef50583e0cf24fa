/** Element types that every engine of ours handles. */
export type DType = 'float32' | 'int32' | 'bool';

interface HostTensorOf<Type extends DType, Data> {
  readonly dtype: Type;
  /** Row-major values; its length is the product of `shape`. */
  readonly data: Data;
  readonly shape: readonly number[];
}

/** A tensor in host memory: the only form in which tensors cross a package's boundary. */
export type HostTensor =
  | HostTensorOf<'float32', Float32Array>
  | HostTensorOf<'int32', Int32Array>
  | HostTensorOf<'bool', Uint8Array>;

/** Float values on the host, such as weights, masks and gradients. */
export type FloatTensor = Extract<HostTensor, { dtype: 'float32' }>;
/** Integer values on the host, such as token ids and labels. */
export type IntTensor = Extract<HostTensor, { dtype: 'int32' }>;
/** Truth values on the host (one byte each), such as dropout masks. */
export type BoolTensor = Extract<HostTensor, { dtype: 'bool' }>;

/** Number of elements of a shape; 1 for a scalar's `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function checked<Data extends { readonly length: number }>(data: Data, shape: readonly number[]): Data {
  if (data.length === sizeOf(shape)) return data;
  throw new RangeError(
    `tensor of shape [${shape.join(', ')}]: expected ${String(sizeOf(shape))} values, got ${String(data.length)}.`,
  );
}

/** A float32 host tensor over `data` (not copied). @throws RangeError if the length does not fit the shape */
export function floatTensor(data: Float32Array, shape: readonly number[]): FloatTensor {
  return { dtype: 'float32', data: checked(data, shape), shape };
}

/** An int32 host tensor over `data` (not copied). @throws RangeError if the length does not fit the shape */
export function intTensor(data: Int32Array, shape: readonly number[]): IntTensor {
  return { dtype: 'int32', data: checked(data, shape), shape };
}

/** A bool host tensor over `data`, one byte an element (not copied). @throws RangeError if the length does not fit */
export function boolTensor(data: Uint8Array, shape: readonly number[]): BoolTensor {
  return { dtype: 'bool', data: checked(data, shape), shape };
}

/** Zeros of the tensor's shape. */
export function zerosLike({ data, shape }: FloatTensor): FloatTensor {
  return { dtype: 'float32', data: new Float32Array(data.length), shape };
}

/** The same values in memory of their own. */
export function copyOf({ data, shape }: FloatTensor): FloatTensor {
  return { dtype: 'float32', data: data.slice(), shape };
}

/** Every value times `factor`, in a new tensor. */
export function scaled({ data, shape }: FloatTensor, factor: number): FloatTensor {
  return { dtype: 'float32', data: data.map((value) => factor * value), shape };
}

/** Euclidean norm of the values. */
export function euclideanNorm(values: Float32Array | Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
