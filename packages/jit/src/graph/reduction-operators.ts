import { at, constantIntegers, expectTypes, integer, type Operator } from './operator-rule.ts';
import type { ElementType, TensorType } from './value.ts';

function withoutAxes(shape: readonly number[], axes: readonly number[], keep: boolean): readonly number[] {
  return shape.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]));
}

/** Reduces the axes listed in the second input; an empty list reduces none here (ONNX would reduce all: never emitted). */
function reduction(...allowed: readonly ElementType[]): Operator {
  return {
    infer: (inputs, attributes) => {
      const x = at(inputs, 0);
      expectTypes([x], ...allowed);
      const axes = constantIntegers(at(inputs, 1));
      if (axes.length === 0) throw new Error('expected at least one axis to reduce');
      return [{ dtype: x.dtype, shape: withoutAxes(x.shape, axes, integer(attributes, 'keepdims') === 1) }];
    },
  };
}

function position(): Operator {
  return {
    infer: (inputs, attributes) => {
      const { shape } = at(inputs, 0);
      const keep = integer(attributes, 'keepdims') === 1;
      return [{ dtype: 'int64', shape: withoutAxes(shape, [integer(attributes, 'axis')], keep) }];
    },
  };
}

const sameType: Operator = {
  infer: (inputs) => [{ dtype: at(inputs, 0).dtype, shape: at(inputs, 0).shape }],
};

const sums = reduction('float32', 'int32', 'int64');

/** Operators that combine the elements along some axes, and those that normalise along one. */
export const reductionOperators = {
  ArgMax: position(),
  ArgMin: position(),
  CumSum: sameType,
  ReduceMax: sums,
  ReduceMean: reduction('float32'),
  ReduceMin: sums,
  ReduceProd: sums,
  ReduceSum: sums,
  LogSoftmax: sameType,
  Softmax: sameType,
  /** Three outputs: the value, and per row its mean and 1 / deviation. */
  LayerNormalization: {
    floats: ['epsilon'],
    infer: (inputs, attributes) => {
      const { shape } = at(inputs, 0);
      const axis = integer(attributes, 'axis');
      const perRow = shape.map((size, index) => (index < axis ? size : 1));
      const row: TensorType = { dtype: 'float32', shape: perRow };
      return [{ dtype: 'float32', shape }, row, row];
    },
  },
  TopK: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = at(inputs, 0);
      const [k = 0] = constantIntegers(at(inputs, 1));
      const axis = integer(attributes, 'axis');
      const kept = shape.map((size, index) => (index === axis ? k : size));
      return [
        { dtype, shape: kept },
        { dtype: 'int64', shape: kept },
      ];
    },
  },
} satisfies Record<string, Operator>;
