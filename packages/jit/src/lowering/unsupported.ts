import type { LoweredKernel, TfjsKernel } from '../kernels/kernels.ts';

const image = 'images and convolutions are outside the scope of this package';
const complex = 'ONNX graphs here hold no complex numbers';
const text = 'ONNX graphs here hold no strings';
const data = 'the shape of its result depends on values, and shapes in a graph are static';
const random =
  'randomness inside a graph would not be reproducible: make the numbers outside and pass them in';
const rare = 'no lowering was needed yet: write it in ops that have one';

/**
 * Every tfjs kernel without a lowering, and why. A kernel that is neither here nor in a family's table does not compile,
 * so a new tfjs asks for a decision.
 */
export const unsupportedKernels: Readonly<Record<Exclude<TfjsKernel, LoweredKernel>, string>> = {
  AvgPool: image, AvgPool3D: image, AvgPool3DGrad: image, AvgPoolGrad: image, BatchToSpaceND: image, Bincount: rare,
  BroadcastArgs: data, Complex: complex, ComplexAbs: complex, Conv2D: image, Conv2DBackpropFilter: image,
  Conv2DBackpropInput: image, Conv3D: image, Conv3DBackpropFilterV2: image, Conv3DBackpropInputV2: image,
  CropAndResize: image, DenseBincount: rare, DepthToSpace: image, DepthwiseConv2dNative: image,
  DepthwiseConv2dNativeBackpropFilter: image, DepthwiseConv2dNativeBackpropInput: image, Dilation2D: image,
  Dilation2DBackpropFilter: image, Dilation2DBackpropInput: image, Draw: image, FFT: complex,
  FlipLeftRight: image, FromPixels: image, FusedBatchNorm: image, FusedConv2D: image, FusedDepthwiseConv2D: image,
  IFFT: complex, Imag: complex, LRN: image, LRNGrad: image, LowerBound: rare, MatrixBandPart: rare, MaxPool: image,
  MaxPool3D: image, MaxPool3DGrad: image, MaxPoolGrad: image, MaxPoolWithArgmax: image, Multinomial: random,
  NonMaxSuppressionV3: data, NonMaxSuppressionV4: data, NonMaxSuppressionV5: data, Pool: image, RaggedGather: data,
  RaggedRange: data, RaggedTensorToTensor: data, Real: complex, ResizeBilinear: image, ResizeBilinearGrad: image,
  ResizeNearestNeighbor: image, ResizeNearestNeighborGrad: image, RotateWithOffset: image, SearchSorted: rare,
  SpaceToBatchND: image, SparseFillEmptyRows: data, SparseReshape: data, SparseSegmentMean: data,
  SparseSegmentSum: data, SparseToDense: rare, StaticRegexReplace: text, StringNGrams: text, StringSplit: text,
  StringToHashBucketFast: text, Transform: image, Unique: data, UpperBound: rare,
}; // prettier-ignore
