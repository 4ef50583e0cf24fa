export { Adam, adamSchema, type AdamSpec, type AdamState, initialAdamState } from './adam.ts';
export { seededDropout } from './dropout.ts';
export type { Objective, ObjectiveContext, ObjectiveOutcome } from './objectives/objective.ts';
export { createObjective, objectiveSchema, type ObjectiveSpec } from './objectives/table.ts';
export {
  crossEntropy,
  type ExampleResiduals,
  type IndexedBatch,
  predict,
  type Predictions,
} from './predict.ts';
export type { ResidualRecord, StepRecord, ValidationRecord } from './records.ts';
export type { BestEpoch } from './run-state.ts';
export { scheduleFactor, scheduleSchema, type ScheduleSpec } from './schedule.ts';
export { trainingSchema, type TrainingSpec } from './schema.ts';
export { splitTrainValidation } from './split.ts';
export { type Progress, train, type TrainingResult, type TrainOptions } from './train.ts';
export { validate } from './validate.ts';
