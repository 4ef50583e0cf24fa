import { sizeOf } from '@im-bert/core/tensor';
import {
  at,
  broadcast,
  constantIntegers,
  expectSameType,
  expectTypes,
  integer,
  integers,
  type Operator,
} from './operator-rule.ts';

function sizeAt(shape: readonly number[], axis: number): number {
  const size = shape[axis];
  if (size === undefined) throw new Error(`no axis ${axis} in [${shape.join(', ')}]`);
  return size;
}

/** Length of begin, begin + step, .. before end; ends beyond the axis are clamped, as in ONNX. */
function sliceLength(size: number, begin: number, end: number, step: number): number {
  const last = Math.max(-1, Math.min(end, size));
  return Math.max(0, Math.ceil((last - begin) / step));
}

/** Operators that move elements and do not compute. */
export const shapeOperators = {
  Reshape: {
    // without it a 0 in a shape means "as in the input"
    always: { allowzero: 1 },
    infer: (inputs) => {
      const x = at(inputs, 0);
      const shape = constantIntegers(at(inputs, 1));
      if (sizeOf(shape) !== sizeOf(x.shape))
        throw new Error(`[${x.shape.join(', ')}] cannot become [${shape.join(', ')}]`);
      return [{ dtype: x.dtype, shape }];
    },
  },
  Transpose: {
    infer: (inputs, attributes) => {
      const x = at(inputs, 0);
      return [{ dtype: x.dtype, shape: integers(attributes, 'perm').map((axis) => sizeAt(x.shape, axis)) }];
    },
  },
  Expand: {
    infer: (inputs) => {
      const x = at(inputs, 0);
      return [{ dtype: x.dtype, shape: broadcast(x.shape, constantIntegers(at(inputs, 1))) }];
    },
  },
  Tile: {
    infer: (inputs) => {
      const x = at(inputs, 0);
      const repeats = constantIntegers(at(inputs, 1));
      return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => size * sizeAt(repeats, axis)) }];
    },
  },
  Concat: {
    infer: (inputs, attributes) => {
      const axis = integer(attributes, 'axis');
      const total = inputs.reduce((sum, input) => sum + sizeAt(input.shape, axis), 0);
      const shape = at(inputs, 0).shape.map((size, index) => (index === axis ? total : size));
      return [{ dtype: expectSameType(inputs), shape }];
    },
  },
  /** Inputs: x, and begins, ends and steps for every axis (the list of axes is 0, 1, ..). */
  Slice: {
    infer: (inputs) => {
      const x = at(inputs, 0);
      const [begins, ends, axes, steps] = [1, 2, 3, 4].map((index) => constantIntegers(at(inputs, index)));
      if (axes?.length !== x.shape.length) throw new Error('expected a range for every axis');
      const shape = x.shape.map((size, axis) =>
        sliceLength(size, begins?.[axis] ?? 0, ends?.[axis] ?? size, steps?.[axis] ?? 1),
      );
      return [{ dtype: x.dtype, shape }];
    },
  },
  Pad: {
    infer: (inputs) => {
      const x = at(inputs, 0);
      const pads = constantIntegers(at(inputs, 1));
      const rank = x.shape.length;
      const shape = x.shape.map((size, axis) => size + (pads[axis] ?? 0) + (pads[rank + axis] ?? 0));
      return [{ dtype: x.dtype, shape }];
    },
  },
  Gather: {
    infer: (inputs, attributes) => {
      const [x, indices] = [at(inputs, 0), at(inputs, 1)];
      expectTypes([indices], 'int32', 'int64');
      const axis = integer(attributes, 'axis');
      return [
        { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
      ];
    },
  },
  GatherND: {
    infer: (inputs, attributes) => {
      const [x, indices] = [at(inputs, 0), at(inputs, 1)];
      const batch = integer(attributes, 'batch_dims');
      const depth = sizeAt(indices.shape, indices.shape.length - 1);
      return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
    },
  },
  ScatterElements: {
    infer: (inputs) => {
      const [x, indices, updates] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
      if (indices.shape.join() !== updates.shape.join())
        throw new Error('expected one index for each update');
      return [{ dtype: expectSameType([x, updates]), shape: x.shape }];
    },
  },
  ScatterND: { infer: (inputs) => [{ dtype: at(inputs, 0).dtype, shape: at(inputs, 0).shape }] },
} satisfies Record<string, Operator>;
