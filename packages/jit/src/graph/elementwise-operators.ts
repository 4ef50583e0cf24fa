import { at, broadcast, expectSameType, expectTypes, integer, type Operator } from './operator-rule.ts';
import type { ElementType } from './value.ts';

/** ONNX's numbers for element types (TensorProto.DataType). */
export const elementTypeCodes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const satisfies Record<
  ElementType,
  number
>;

function elementTypeOf(code: number): ElementType {
  for (const dtype of ['float32', 'int32', 'int64', 'bool'] as const)
    if (elementTypeCodes[dtype] === code) return dtype;
  throw new Error(`element type ${code} is not used here`);
}

function unary(...allowed: readonly ElementType[]): Operator {
  return {
    infer: (inputs) => {
      expectTypes(inputs, ...allowed);
      return [{ dtype: at(inputs, 0).dtype, shape: at(inputs, 0).shape }];
    },
  };
}

function binary(...allowed: readonly ElementType[]): Operator {
  return {
    infer: (inputs) => {
      expectTypes(inputs, ...allowed);
      return [{ dtype: expectSameType(inputs), shape: broadcast(...inputs.map((input) => input.shape)) }];
    },
  };
}

function predicate(...allowed: readonly ElementType[]): Operator {
  const { infer } = binary(...allowed);
  return {
    infer: (inputs, attributes) => infer(inputs, attributes).map(({ shape }) => ({ dtype: 'bool', shape })),
  };
}

const float = unary('float32');
const numbers = binary('float32', 'int32', 'int64');
const anything = unary('float32', 'int32', 'int64', 'bool');

/** Operators of one value that act on each element by itself. */
export const unaryOperators = {
  Abs: unary('float32', 'int32'),
  Acos: float,
  Acosh: float,
  Asin: float,
  Asinh: float,
  Atan: float,
  Atanh: float,
  Ceil: float,
  Cos: float,
  Cosh: float,
  Erf: float,
  Exp: float,
  Floor: float,
  Gelu: { ...float, domain: 'com.microsoft' },
  Identity: anything,
  Log: float,
  Neg: unary('float32', 'int32'),
  Not: unary('bool'),
  Reciprocal: float,
  Relu: float,
  Round: float,
  Sigmoid: float,
  Sign: unary('float32', 'int32'),
  Sin: float,
  Sinh: float,
  Softplus: float,
  Sqrt: float,
  Tan: float,
  Tanh: float,
  IsInf: predicate('float32'),
  IsNaN: predicate('float32'),
} satisfies Record<string, Operator>;

/** Operators of two values that act on each pair of elements, with broadcasting. */
export const binaryOperators = {
  Add: numbers,
  Sub: numbers,
  Mul: numbers,
  Div: numbers,
  Max: numbers,
  Min: numbers,
  Pow: numbers,
  Sum: binary('float32'),
  Mod: numbers,
  BitwiseAnd: binary('int32'),
  And: predicate('bool'),
  Or: predicate('bool'),
  Xor: predicate('bool'),
  Equal: predicate('float32', 'int32', 'int64', 'bool'),
  Greater: predicate('float32', 'int32', 'int64'),
  GreaterOrEqual: predicate('float32', 'int32', 'int64'),
  Less: predicate('float32', 'int32', 'int64'),
  LessOrEqual: predicate('float32', 'int32', 'int64'),
} satisfies Record<string, Operator>;

/** Operators that act on each element by itself, with broadcasting. */
export const elementwiseOperators = {
  ...unaryOperators,
  ...binaryOperators,
  Cast: {
    infer: (inputs, attributes) => [
      { dtype: elementTypeOf(integer(attributes, 'to')), shape: at(inputs, 0).shape },
    ],
  },
  Where: {
    infer: (inputs) => {
      expectTypes(inputs.slice(0, 1), 'bool');
      return [
        { dtype: expectSameType(inputs.slice(1)), shape: broadcast(...inputs.map((input) => input.shape)) },
      ];
    },
  },
} satisfies Record<string, Operator>;
