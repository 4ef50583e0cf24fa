export { randomModel } from './checkpoint/initial-parameters.ts';
export { type LoadedModel, loadModel, type LoadOptions } from './checkpoint/load-model.ts';
export { openSafetensors, type SafetensorsFile, writeSafetensors } from './checkpoint/safetensors.ts';
export { saveModel } from './checkpoint/save-model.ts';
export type { StoredTypeName } from './checkpoint/stored-type.ts';
export { type EncoderConfig, maximumLength, parseEncoderConfig } from './config/encoder-config.ts';
export {
  classifierShapes,
  embeddingParameterNames,
  headShapes,
  layerParameter,
  type LayerParameterName,
  layerParameterNames,
  layerShapes,
  type Shapes,
  wordEmbeddings,
} from './config/parameter-shapes.ts';
export type { Joined, Joint, Layer } from './connections/connection.ts';
export {
  amplifiesRounding,
  type ConnectionKind,
  connectionKinds,
  connectionSchema,
  type ConnectionSpec,
  connectionSettings,
  connect,
  layerKinds,
  monotoneConnection,
  solveOf,
  solves,
  withIterations,
} from './connections/connections.ts';
export { gradientOf } from './connections/options.ts';
export { forwardFlops, type FlopsConvention, type FlopsOptions } from './cost/flops.ts';
export { layerPasses } from './cost/layer-passes.ts';
export { parameterCount } from './cost/parameter-count.ts';
export { classify } from './encoder/classify.ts';
export {
  type BatchShape,
  type DropoutMasks,
  embeddingMaskShape,
  type HeadMasks,
  headMaskShapes,
  type LayerMasks,
  layerMaskShapes,
  type MaskShape,
} from './encoder/dropout-masks.ts';
export { embed, type EmbeddedInputs } from './encoder/embed.ts';
export { attentionBias, encoderLayer, scoreBias } from './encoder/encoder-layer.ts';
export {
  type LayerParameters,
  layerParametersOf,
  type Parameters,
  pickParameters,
} from './encoder/parameters.ts';
export { type FamilyName, familyNames, familyOf } from './families/families.ts';
export { lookUpRows, sumRows } from './encoder/word-embeddings.ts';
export { checkInputs, type EncoderInputs } from './model/check-inputs.ts';
export {
  type Classified,
  classifySequence,
  connectedLayer,
  type Encoded,
  encodeSequence,
  type ForwardOptions,
  type LayerInputs,
} from './model/classifier.ts';
export { dropoutMaskShapes, masksAt, maskSetCount } from './model/mask-sets.ts';
export type { Model, Structure } from './model/model.ts';
export { type Convergence, convergenceOf } from './solvers/convergence.ts';
export type { Residual } from './solvers/residual.ts';
export { solverEvaluations, type SolverName, type SolverOptions } from './solvers/solvers.ts';
export { activationBytes } from './execution/activation-memory.ts';
export { relativeDrift } from './analysis/drift.ts';
export {
  type RoundingOptions,
  type RoundingSensitivity,
  roundingSensitivity,
} from './analysis/rounding-sensitivity.ts';
export { createSpectralAnalysis, type SpectralAnalysis } from './analysis/spectral-radius.ts';
export { createExecutor, type ExecutorOptions } from './execution/create-executor.ts';
export {
  crossEntropy as crossEntropyLoss,
  crossEntropyOf,
  labelTargets,
  rowShares,
} from './execution/loss.ts';
export type {
  DropoutSource,
  Executor,
  ForwardPassOptions,
  LabelledInputs,
  LayerResidual,
  Loss,
  LossFunction,
  LossView,
  NamedTensors,
  PassOptions,
  Prediction,
  PredictionOptions,
  TrainingPass,
} from './execution/types.ts';
