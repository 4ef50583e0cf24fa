import type * as tf from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import type { CompositeKernel } from './composite-kernels.ts';

type X = { readonly x: Value };
type AB = { readonly a: Value; readonly b: Value };
type None = object; // nothing that a lowering may use
type List = readonly Value[];

/** Every kernel name that tfjs-core knows: its constants whose value is their own name. */
export type TfjsKernel = {
  [Name in keyof typeof tf]: (typeof tf)[Name] extends Name ? Name : never;
}[keyof typeof tf];

type UnaryKernel =
  | 'Abs' | 'Acos' | 'Acosh' | 'Asin' | 'Asinh' | 'Atan' | 'Atanh' | 'Ceil' | 'Cos' | 'Cosh' | 'Elu' | 'Erf' | 'Exp'
  | 'Expm1' | 'Floor' | 'Identity' | 'IsFinite' | 'IsInf' | 'IsNan' | 'Log' | 'Log1p' | 'LogicalNot' | 'Neg'
  | 'OnesLike' | 'Reciprocal' | 'Relu' | 'Relu6' | 'Round' | 'Rsqrt' | 'Selu' | 'Sigmoid' | 'Sign' | 'Sin' | 'Sinh'
  | 'Softplus' | 'Sqrt' | 'Square' | 'Tan' | 'Tanh' | 'ZerosLike'; // prettier-ignore

type BinaryKernel =
  | 'Add' | 'Atan2' | 'BitwiseAnd' | 'Equal' | 'FloorDiv' | 'Greater' | 'GreaterEqual' | 'Less' | 'LessEqual'
  | 'LogicalAnd' | 'LogicalOr' | 'LogicalXor' | 'Maximum' | 'Minimum' | 'Mod' | 'Multiply' | 'NotEqual' | 'Pow'
  | 'RealDiv' | 'SquaredDifference' | 'Sub'; // prettier-ignore

interface Call<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
}

/** What tfjs passes to each kernel that we lower: its tensors and its attributes. */
export type Kernels = Readonly<Record<UnaryKernel, Call<X, None>>> &
  Readonly<Record<BinaryKernel, Call<AB, None>>> & {
    readonly AddN: Call<List, None>;
    readonly All: Call<X, tf.AllAttrs>;
    readonly Any: Call<X, tf.AnyAttrs>;
    readonly ArgMax: Call<X, tf.ArgMaxAttrs>;
    readonly ArgMin: Call<X, tf.ArgMinAttrs>;
    readonly BatchMatMul: Call<AB, tf.BatchMatMulAttrs>;
    readonly BroadcastTo: Call<X, { readonly shape: number[] }>;
    readonly Cast: Call<X, tf.CastAttrs>;
    readonly ClipByValue: Call<X, tf.ClipByValueAttrs>;
    readonly Concat: Call<List, tf.ConcatAttrs>;
    readonly Cumprod: Call<X, tf.CumprodAttrs>;
    readonly Cumsum: Call<X, tf.CumsumAttrs>;
    readonly Diag: Call<X, None>;
    readonly Einsum: Call<List, tf.EinsumAttrs>;
    readonly EluGrad: Call<{ readonly dy: Value; readonly y: Value }, None>;
    readonly ExpandDims: Call<{ readonly input: Value }, tf.ExpandDimsAttrs>;
    readonly Fill: Call<None, tf.FillAttrs>;
    readonly GatherNd: Call<{ readonly params: Value; readonly indices: Value }, None>;
    readonly GatherV2: Call<{ readonly x: Value; readonly indices: Value }, tf.GatherV2Attrs>;
    readonly LeakyRelu: Call<X, tf.LeakyReluAttrs>;
    readonly LinSpace: Call<None, tf.LinSpaceAttrs>;
    readonly LogSoftmax: Call<{ readonly logits: Value }, tf.LogSoftmaxAttrs>;
    readonly Max: Call<X, tf.MaxAttrs>;
    readonly Mean: Call<X, tf.MeanAttrs>;
    readonly Min: Call<X, tf.MinAttrs>;
    readonly MirrorPad: Call<X, tf.MirrorPadAttrs>;
    readonly OneHot: Call<{ readonly indices: Value }, tf.OneHotAttrs>;
    readonly Pack: Call<List, tf.PackAttrs>;
    readonly PadV2: Call<X, tf.PadV2Attrs>;
    readonly Prelu: Call<{ readonly x: Value; readonly alpha: Value }, None>;
    readonly Prod: Call<X, tf.ProdAttrs>;
    readonly Range: Call<None, tf.RangeAttrs>;
    readonly Reshape: Call<X, tf.ReshapeAttrs>;
    readonly Reverse: Call<X, tf.ReverseAttrs>;
    readonly ScatterNd: Call<{ readonly indices: Value; readonly updates: Value }, tf.ScatterNdAttrs>;
    readonly Select: Call<{ readonly condition: Value; readonly t: Value; readonly e: Value }, None>;
    readonly Slice: Call<X, tf.SliceAttrs>;
    readonly Softmax: Call<{ readonly logits: Value }, tf.SoftmaxAttrs>;
    readonly SplitV: Call<X, tf.SplitVAttrs>;
    readonly Step: Call<X, tf.StepAttrs>;
    readonly StridedSlice: Call<X, tf.StridedSliceAttrs>;
    readonly Sum: Call<X, tf.SumAttrs>;
    readonly TensorScatterUpdate: Call<
      { readonly tensor: Value; readonly indices: Value; readonly updates: Value },
      None
    >;
    readonly Tile: Call<X, tf.TileAttrs>;
    readonly TopK: Call<X, tf.TopKAttrs>;
    readonly Transpose: Call<X, tf.TransposeAttrs>;
    readonly Unpack: Call<{ readonly value: Value }, tf.UnpackAttrs>;
    readonly UnsortedSegmentSum: Call<
      { readonly x: Value; readonly segmentIds: Value },
      tf.UnsortedSegmentSumAttrs
    >;
    readonly _FusedMatMul: Call<
      AB & { readonly bias?: Value; readonly preluActivationWeights?: Value },
      tf._FusedMatMulAttrs
    >;
  } & {
    readonly ImGelu: Call<X, None>;
    readonly ImGeluGrad: Call<X & { readonly dy: Value }, None>;
    readonly ImLayerNorm: Call<
      X & { readonly gain: Value; readonly bias: Value },
      { readonly epsilon: number }
    >;
    readonly ImLayerNormGrad: Call<
      X & { readonly gain: Value; readonly dy: Value },
      { readonly epsilon: number }
    >;
    readonly ImLinear: Call<X & { readonly weight: Value; readonly bias: Value }, None>;
    readonly ImNormalize: Call<X, { readonly epsilon: number }>;
  };

/** A kernel that we lower. A composite kernel without a row above does not compile. */
export type LoweredKernel = keyof Kernels | CompositeKernel;

/** Writes one kernel call as graph nodes and gives its results. */
type Lowering<Name extends keyof Kernels> = (
  graph: GraphBuilder,
  inputs: Kernels[Name]['inputs'],
  attributes: Kernels[Name]['attributes'],
) => Value | readonly Value[];

/** A family's table: a kernel of the family without a lowering does not compile. */
export type Lowerings<Name extends keyof Kernels> = { readonly [Each in Name]: Lowering<Each> };
