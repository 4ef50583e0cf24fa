import type { StoreKind } from '@im-bert/data';

/**
 * The run store's tables. `runs` has one row for each cell that was ever started, `slots` says which cell stands where
 * in which table, so that tables share cells and a report is a join of the two.
 */
const schema = `
create table runs (
  cell varchar primary key,
  status varchar not null,            -- running, done, failed, interrupted
  error varchar,                      -- one line, for failed runs
  spec varchar not null,              -- the resolved cell as canonical JSON: model, connection, objective, data, seed, evaluation
  digest varchar not null,            -- of the task's data
  stage_version integer not null,
  seed integer not null,
  started timestamp not null,
  finished timestamp,
  seconds double,                     -- wall time, all attempts together
  steps integer,                      -- optimizer steps done
  flops double,                       -- estimated for the whole cell, by the planner
  facts varchar,                      -- what the runner found: parameters, layers, validation loss, counts, as JSON
  versions varchar not null,          -- Node.js, packages, as JSON
  commit_id varchar,
  machine varchar not null
);
create table slots (
  experiment varchar not null, profile varchar not null, row_name varchar not null, task varchar not null,
  seed integer not null, row_position integer not null, task_position integer not null, cell varchar not null,
  planned timestamp not null,
  primary key (experiment, profile, row_name, task, seed)
);
create table steps (
  cell varchar not null, step integer not null, epoch integer not null, loss double, learning_rate double not null,
  gradient_norm double, skipped boolean not null
);
create table validations (
  cell varchar not null, epoch integer not null, step integer not null, loss double, accuracy double not null
);
create table predictions (
  cell varchar not null, split varchar not null, example varchar not null, label integer not null,
  predicted integer not null, logits float[], level varchar, method varchar
);
create table residuals (
  cell varchar not null, split varchar not null, layer integer not null, iteration integer not null,
  relative double, examples integer not null
);
create table drift (
  cell varchar not null, layer integer not null, relative double, examples integer not null
);
create table spectra (
  cell varchar not null, layer integer not null, radius double, examples integer not null
);
create table attacked (
  cell varchar not null, example varchar not null, attack varchar not null,
  status varchar not null,            -- success, failed, skipped (the model was wrong before)
  queries integer not null,           -- those that the cache answered included
  cache_hits integer not null, changed_words integer not null, words integer not null,
  original varchar not null, perturbed varchar not null
);
create table invocations (started timestamp not null, experiment varchar not null, profile varchar not null,
  options varchar not null, finished timestamp, outcome varchar);
`;

/** The run store; its version is raised when its tables change. */
export const runStore = {
  name: 'a run store',
  version: 1,
  schema,
  remedy: 'Move the file away, or give another folder with --runs.',
} as const satisfies StoreKind;
