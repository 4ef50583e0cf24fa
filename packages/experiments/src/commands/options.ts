import { join } from 'node:path';
import type { Json } from '@im-bert/core';
import type { EngineName } from '@im-bert/jit';
import type { Override } from '../experiment/load.ts';

/** What `run`, `plan` and `report` share. */
export interface TableOptions {
  readonly profile: string;
  /** A folder in the hub's layout; without it the Hugging Face cache and the network serve. */
  readonly hub?: string;
  readonly seeds?: string;
  readonly tasks?: string;
  /** Holds the run store, checkpoints and reports. */
  readonly runs: string;
  /** Minutes: cells that are estimated not to fit are left out. */
  readonly budget?: string;
  /** What computes; part of a cell where the connection amplifies its rounding. */
  readonly engine: EngineName;
}

/** What `run` has beyond that. */
export interface RunOptions extends TableOptions {
  readonly threads?: string;
  readonly checkpointEvery: string;
  /** Most size of kept models, such as 20GB. */
  readonly keep: string;
}

/** Where things are in the runs' folder. */
export function locations(runs: string) {
  return {
    store: join(runs, 'runs.duckdb'),
    data: join(runs, 'data.duckdb'),
    /** Checkpoints of models in training. */
    cells: join(runs, 'cells'),
    /** Trained models. */
    models: join(runs, 'models'),
    /** Attacks so far. */
    attacks: join(runs, 'attacks'),
    /** Hashes of pretrained files. */
    hashes: join(runs, 'file-hashes.json'),
  };
}

function numberOrText(text: string): Json {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

/** What the command line lays over the experiment's file: `--seeds=3` a count, `--seeds=4,7` a list. */
export function overridesOf({ seeds, tasks }: TableOptions): Override[] {
  const overrides: Override[] = [];
  if (seeds !== undefined) {
    const value = seeds.includes(',') ? seeds.split(',').map(numberOrText) : numberOrText(seeds);
    overrides.push({ option: `--seeds=${seeds}`, value: { seeds: value } });
  }
  if (tasks !== undefined)
    overrides.push({
      option: `--tasks=${tasks}`,
      value: { tasks: tasks.split(',').map((task) => task.trim()) },
    });
  return overrides;
}

/** `1 cell`, `2 cells`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that asks for the same table again, such as `npx im-bert run table1 --profile=small --hub=DIR`. */
export function commandLine(verb: string, table: string, options: TableOptions): string {
  const { profile, hub, seeds, tasks, runs, budget } = options;
  const given = Object.entries({
    ...{ profile, hub, seeds, tasks, budget },
    runs: runs === 'runs' ? undefined : runs,
  });
  const words = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${quoted(value)}`]));
  return ['npx im-bert', verb, table, ...words].join(' ');
}
