export type {
  DropoutSource,
  EncoderInputs,
  Executor,
  LabelledInputs,
  LayerResidual,
  NamedTensors,
  PassOptions,
  Prediction,
  TrainingPass,
} from './execution/types.ts';
