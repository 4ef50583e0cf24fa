export { syncFolder, writeFileAtomically } from './atomic-file.ts';
export { bernoulliMask } from './bernoulli-mask.ts';
export { canonicalJson, contentHash, type Json } from './content-hash.ts';
export { formatDuration, remainingSeconds } from './duration.ts';
export { type Mistake, UserError } from './errors.ts';
export { exists } from './exists.ts';
export {
  formatPath,
  formatPlace,
  locate,
  type Located,
  type LocatedEntry,
  type LocatedList,
  type LocatedMapping,
  type LocatedScalar,
  type Path,
  keyPlaceOf,
  type Place,
  placeOf,
  plainValue,
  valueAt,
  withoutKeys,
} from './located.ts';
export { mergeLocated, type MergeOptions } from './merge-located.ts';
export {
  accuracy,
  type AdvGlueTask,
  advGlueTasks,
  advGlueTaskScore,
  type Average,
  balancedAccuracy,
  binaryF1,
  officialAdvGlueScore,
  sixTaskMean,
} from './metrics.ts';
export { nearest } from './nearest.ts';
export {
  type BootstrapOptions,
  type Equivalence,
  pairedBootstrap,
  type PairedDifference,
  pairedEquivalence,
  type TaskDifferences,
} from './paired-bootstrap.ts';
export { predictedClass } from './predicted-class.ts';
export { isLeftBehind, processMark } from './process-mark.ts';
export { removePartialFiles } from './remove-partial.ts';
export { randomStream, type RandomStream, resumeStream } from './random.ts';
export {
  adjustInFamily,
  holm,
  type Interval,
  mcNemarExact,
  mean,
  percentileInterval,
  sampleDeviation,
  wilsonInterval,
  withNoise,
} from './statistics.ts';
export { SystemFault, systemFault } from './system-fault.ts';
export {
  boolTensor,
  type BoolTensor,
  copyOf,
  type DType,
  euclideanNorm,
  floatTensor,
  type FloatTensor,
  type HostTensor,
  intTensor,
  type IntTensor,
  scaled,
  sizeOf,
  zerosLike,
} from './tensor.ts';
export { validate } from './validate.ts';
export { variants, type Variants } from './variants.ts';
export { loadYaml, parseYaml } from './yaml.ts';
export {
  encodeModule,
  forEachVector,
  instantiate,
  loadVector,
  local,
  simd,
  storeVector,
  type WasmFunction,
  wasmType,
} from './wasm-module.ts';
