import { UserError } from '@im-bert/core/errors';
import { type DType, type HostTensor, sizeOf } from '@im-bert/core/tensor';

function isArrayOf(dtype: unknown, data: unknown): boolean {
  switch (dtype) {
    case 'float32':
      return data instanceof Float32Array;
    case 'int32':
      return data instanceof Int32Array;
    case 'bool':
      return data instanceof Uint8Array;
    default:
      return false;
  }
}

/** Whether a tree's node is a host tensor: a record with dtype, data and shape. */
export function isHostTensor(node: unknown): node is HostTensor {
  return (
    node !== null &&
    typeof node === 'object' &&
    'dtype' in node &&
    'data' in node &&
    'shape' in node &&
    ArrayBuffer.isView(node.data)
  );
}

/** "float32[2, 3]" */
export function typeText({
  dtype,
  shape,
}: {
  readonly dtype: string;
  readonly shape: readonly number[];
}): string {
  return `${dtype}[${shape.join(', ')}]`;
}

/** Checks that data, type and shape of a host tensor go together. @throws UserError naming `where` */
export function checkHostTensor(tensor: HostTensor, where: string): void {
  if (!isArrayOf(tensor.dtype, tensor.data))
    throw new UserError({
      where,
      expected: 'a Float32Array for float32, an Int32Array for int32 or a Uint8Array for bool',
      got: `${tensor.data.constructor.name} for ${tensor.dtype}`,
    });
  if (tensor.data.length !== sizeOf(tensor.shape))
    throw new UserError({
      where,
      expected: `${sizeOf(tensor.shape)} values for ${typeText(tensor)}`,
      got: String(tensor.data.length),
    });
}

/** A zeroed host tensor. */
export function allocate(dtype: DType, shape: readonly number[]): HostTensor {
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(size) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(size) };
    case 'bool':
      return { dtype, shape, data: new Uint8Array(size) };
  }
}

/** Copies the values of `source`, which has the same type, and gives `target` back. */
export function copyInto(target: HostTensor, source: HostTensor): HostTensor {
  target.data.set(source.data);
  return target;
}
