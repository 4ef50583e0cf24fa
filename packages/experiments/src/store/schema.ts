import type { StoreKind } from '@im-bert/data';

/**
 * The run store's tables. `models` has one row for each model whose training was ever started, `measured` one for each
 * measurement on one, `slots` says which cell stands where in which table, so that tables share cells and a report is a join
 * of the three. A measurement's own table is made when it is first written; its columns follow from its row.
 */
const schema = `
create table models (
  model varchar primary key,
  status varchar not null,            -- running, done, failed, interrupted
  error varchar,                      -- one line, for failed training
  spec varchar not null,              -- what was trained, as canonical JSON: encoder, connection, objective, data, seed
  digest varchar not null,            -- of the task's data
  training_version integer not null,
  seed integer not null,
  started timestamp not null,
  finished timestamp,
  seconds double,                     -- wall time, all attempts together
  steps integer,                      -- optimizer steps done
  flops double,                       -- estimated, by the planner
  facts varchar,                      -- what the runner found: parameters, validation loss, counts, as JSON
  versions varchar not null,          -- Node.js, packages, as JSON
  commit_id varchar,
  machine varchar not null
);
create table measured (
  subject varchar not null,           -- the model, and a hash of what the measurement reads of its evaluation
  measurement varchar not null, version integer not null,
  model varchar not null,
  status varchar not null,            -- done, failed
  error varchar, finished timestamp not null, seconds double not null, flops double,
  machine varchar not null,
  digest varchar,                     -- SHA-256 of the rows as they are read back; null where it failed
  primary key (subject, measurement, version)
);
create table slots (
  experiment varchar not null, profile varchar not null, row_name varchar not null, task varchar not null,
  seed integer not null, row_position integer not null, task_position integer not null,
  model varchar not null,
  spec varchar not null,              -- the resolved cell as canonical JSON, its evaluation included
  digest varchar not null, training_version integer not null,
  planned timestamp not null,
  primary key (experiment, profile, row_name, task, seed)
);
create table invocations (started timestamp not null, experiment varchar not null, profile varchar not null,
  options varchar not null, finished timestamp, outcome varchar);
`;

/** The run store; its version is raised when its tables change. */
export const runStore = {
  name: 'a run store',
  version: 3,
  schema,
  remedy: 'Move the file away, or give another folder with --runs.',
} as const satisfies StoreKind;
