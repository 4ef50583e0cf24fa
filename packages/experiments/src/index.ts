export { main } from './cli.ts';
export type { Terminal } from './strict.ts';
export { experimentJsonSchema } from './experiment/json-schema.ts';
export { loadExperiment, type LoadedExperiment, type Override, tableNames } from './experiment/load.ts';
export { type Experiment, experimentSchema } from './experiment/schema.ts';
export { type CellSpec, cellId, type PlacedCell } from './plan/cell.ts';
export { makePlan, type Plan, type PlanContext, type PlannedCell } from './plan/plan.ts';
export { RunStore } from './store/run-store.ts';
