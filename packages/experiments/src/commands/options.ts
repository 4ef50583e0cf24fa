import { join } from 'node:path';
import { type Json, UserError } from '@im-bert/core';
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
  readonly budget?: string | undefined;
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

/** What an option is where the command line does not say it; a command line that is printed leaves these out. */
export const defaults = { runs: 'runs', engine: 'onnx', keep: '20GB', checkpointEvery: '50' } as const;

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

/** Decimal numbers only: `Number` also takes 0x10 and 1e3 for seeds. */
function numberOrText(text: string): Json {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

/** The items of `4,7`. @throws UserError if one stands there twice */
function listOf(option: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  const repeated = items.find((item, index) => items.indexOf(item) < index);
  if (repeated === undefined) return items;
  throw new UserError({ where: option, expected: 'each only once', got: `"${repeated}" twice` });
}

/** What the command line lays over the experiment's file: `--seeds=3` a count, `--seeds=4,7` a list. */
export function overridesOf({ seeds, tasks }: TableOptions): Override[] {
  const overrides: Override[] = [];
  if (seeds !== undefined) {
    const option = `--seeds=${seeds}`;
    const value = seeds.includes(',') ? listOf(option, seeds).map(numberOrText) : numberOrText(seeds);
    overrides.push({ option, value: { seeds: value } });
  }
  if (tasks !== undefined) {
    const option = `--tasks=${tasks}`;
    overrides.push({ option, value: { tasks: listOf(option, tasks) } });
  }
  return overrides;
}

/** `1 cell`, `2 cells`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same without its budget, beyond which a cell might never fit: what a report advises for cells that were left out. */
export function unlimited<Options extends TableOptions>(options: Options): Options {
  return { ...options, budget: undefined };
}

/**
 * The command that asks for the same table again, such as `npx im-bert run table1 --profile=small --hub=DIR`.
 * @param options those of `run` alone only where the verb is `run`
 */
export function commandLine(
  verb: string,
  table: string,
  options: TableOptions & Partial<Omit<RunOptions, keyof TableOptions>>,
): string {
  const { profile, hub, seeds, tasks, runs, budget, engine } = options;
  const { threads, checkpointEvery, keep } = verb === 'run' ? options : {};
  const unlessDefault = (name: keyof typeof defaults, value: string | undefined) =>
    value === defaults[name] ? undefined : value;
  const given = Object.entries({
    ...{ profile, hub, seeds, tasks, budget, threads },
    runs: unlessDefault('runs', runs),
    engine: unlessDefault('engine', engine),
    'checkpoint-every': unlessDefault('checkpointEvery', checkpointEvery),
    keep: unlessDefault('keep', keep),
  });
  const words = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${quoted(value)}`]));
  return ['npx im-bert', verb, table, ...words].join(' ');
}
