// The families of kernels: lowerings and gradients have one table for each.

/** Kernels of two operands (or a list) that compute numbers element by element, with broadcasting. */
export type ArithmeticKernel =
  | 'Add' | 'AddN' | 'Atan2' | 'BitwiseAnd' | 'FloorDiv' | 'Maximum' | 'Minimum' | 'Mod' | 'Multiply' | 'Pow'
  | 'Prelu' | 'RealDiv' | 'SquaredDifference' | 'Sub'; // prettier-ignore

/** Kernels of one operand that compute numbers element by element. */
export type ElementwiseKernel =
  | 'Abs' | 'Acos' | 'Acosh' | 'Asin' | 'Asinh' | 'Atan' | 'Atanh' | 'Ceil' | 'ClipByValue' | 'Cos' | 'Cosh' | 'Elu'
  | 'EluGrad' | 'Erf' | 'Exp' | 'Expm1' | 'Floor' | 'LeakyRelu' | 'Log' | 'Log1p' | 'Neg' | 'Reciprocal' | 'Relu'
  | 'Relu6' | 'Round' | 'Rsqrt' | 'Selu' | 'Sigmoid' | 'Sign' | 'Sin' | 'Sinh' | 'Softplus' | 'Sqrt' | 'Square'
  | 'Step' | 'Tan' | 'Tanh'; // prettier-ignore

/** Kernels whose values are true or false, and the choice by one. */
export type ComparisonKernel =
  | 'Equal' | 'Greater' | 'GreaterEqual' | 'IsFinite' | 'IsInf' | 'IsNan' | 'Less' | 'LessEqual' | 'LogicalAnd'
  | 'LogicalNot' | 'LogicalOr' | 'LogicalXor' | 'NotEqual' | 'Select'; // prettier-ignore

/** Kernels that combine the elements along axes, and those that scan or normalise along one. */
export type ReductionKernel =
  | 'All' | 'Any' | 'ArgMax' | 'ArgMin' | 'Cumprod' | 'Cumsum' | 'LogSoftmax' | 'Max' | 'Mean' | 'Min' | 'Prod'
  | 'Softmax' | 'Sum' | 'TopK'; // prettier-ignore

/** Kernels that move elements and compute nothing. */
export type ShapeKernel =
  | 'BroadcastTo' | 'Cast' | 'Concat' | 'ExpandDims' | 'Identity' | 'MirrorPad' | 'Pack' | 'PadV2' | 'Reshape'
  | 'Reverse' | 'Slice' | 'SplitV' | 'StridedSlice' | 'Tile' | 'Transpose' | 'Unpack'; // prettier-ignore

/** Kernels that multiply matrices. */
export type MatrixKernel = 'BatchMatMul' | 'Einsum' | '_FusedMatMul';

/** Kernels that read or write at positions given as values. */
export type IndexingKernel =
  | 'GatherNd' | 'GatherV2' | 'OneHot' | 'ScatterNd' | 'TensorScatterUpdate' | 'UnsortedSegmentSum'; // prettier-ignore

/** Kernels that make tensors from numbers, or from the shape of another. */
export type CreationKernel = 'Diag' | 'Fill' | 'LinSpace' | 'OnesLike' | 'Range' | 'ZerosLike';
