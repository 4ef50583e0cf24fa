import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import {
  formatPlace,
  type Json,
  loadYaml,
  locate,
  type Located,
  type LocatedMapping,
  mergeLocated,
  nearest,
  UserError,
  validate,
  valueAt,
  withoutKeys,
} from '@im-bert/core';
import { expandGrids } from './grid.ts';
import { type Experiment, experimentSchema } from './schema.ts';

/** The folder of the tables that come with the package. */
const tablesFolder = join(import.meta.dirname, '..', '..', 'tables');

/** Mappings that name their kind; a profile that changes the kind replaces the whole. */
export const identifiedBy: readonly string[] = ['kind', 'name', 'from'];

/** An experiment in one profile, with the document it was read from, for located errors and merging. */
export interface LoadedExperiment {
  /** The file's name without its ending: `table1`. */
  readonly name: string;
  readonly profile: string;
  /** The profiles that the file has. */
  readonly profiles: readonly string[];
  readonly path: string;
  readonly experiment: Experiment;
  readonly document: Located;
}

/** What the command line lays over a file: `{ option: '--seeds=3', value: { seeds: 3 } }`. */
export interface Override {
  readonly option: string;
  readonly value: Json;
}

/** The names of the experiments that come with the package: `table1`, `solvers`, `ablations/phi`. */
export async function tableNames(): Promise<string[]> {
  const files = await readdir(tablesFolder, { recursive: true });
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('base/'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The tables of the paper. */
export const paperTables = ['table1', 'table2', 'table3', 'table4', 'table5', 'table6'] as const;

const isFile = /\.ya?ml$/;

/** The file of an experiment that comes with the package. */
function ownFile(name: string): string {
  return relative(process.cwd(), join(tablesFolder, `${name}.yaml`));
}

/** The file of a table's name, or the path itself if it ends in .yaml. @throws UserError for an unknown name */
async function tablePath(nameOrPath: string): Promise<string> {
  if (isFile.test(nameOrPath)) return nameOrPath;
  const names = await tableNames();
  if (names.includes(nameOrPath)) return ownFile(nameOrPath);
  throw new UserError({
    where: 'experiment',
    expected: `one of ${names.join(', ')}, or the path of a .yaml file`,
    got: `"${nameOrPath}"`,
    nearest: nearest(nameOrPath, names),
  });
}

/** The file laid over those that it extends. @throws UserError for a circle */
async function loadExtended(path: string, seen: readonly string[] = []): Promise<LocatedMapping> {
  const document = await loadYaml(path);
  if (document.kind !== 'mapping')
    throw new UserError({ where: path, expected: 'a mapping', got: 'a list or a single value' });
  const parent = valueAt(document, ['extends']);
  if (parent === undefined) return document;
  if (parent.kind !== 'scalar' || typeof parent.value !== 'string')
    throw new UserError({
      where: formatPlace(parent.place),
      expected: "a .yaml file's name, or a name of the package's own, such as base/advglue",
      got: 'another value',
    });
  const parentPath = isFile.test(parent.value) ? join(dirname(path), parent.value) : ownFile(parent.value);
  if ([...seen, path].map((file) => resolve(file)).includes(resolve(parentPath)))
    throw new UserError({
      where: formatPlace(parent.place),
      expected: 'a file that does not extend this one',
      got: `a circle over "${parent.value}"`,
    });
  const base = await loadExtended(parentPath, [...seen, path]);
  const merged = mergeLocated(base, withoutKeys(document, ['extends']), { identifiedBy });
  return merged.kind === 'mapping' ? merged : document;
}

function profileNames(document: Located): readonly string[] {
  const profiles = valueAt(document, ['profiles']);
  return profiles?.kind === 'mapping' ? [...profiles.entries.keys()] : [];
}

/** The profile laid over the rest; a file without profiles is the same in each. */
function inProfile(document: LocatedMapping, path: string, profile: string): Located {
  const names = profileNames(document);
  if (names.length === 0) return document;
  const chosen = valueAt(document, ['profiles', profile]);
  if (chosen === undefined)
    throw new UserError({
      where: `${path} profile`,
      expected: names.join(', '),
      got: `"${profile}"`,
      nearest: nearest(profile, names),
    });
  return mergeLocated(withoutKeys(document, ['profiles']), chosen, { identifiedBy });
}

function withGrids(document: Located): Located {
  const rows = valueAt(document, ['rows']);
  if (document.kind !== 'mapping' || rows === undefined) return document;
  const entry = document.entries.get('rows');
  const expanded = { keyPlace: entry?.keyPlace ?? rows.place, value: expandGrids(rows) };
  return { ...document, entries: new Map([...document.entries, ['rows', expanded]]) };
}

/**
 * Reads an experiment: the file over those that it extends, the profile over that, the overrides over all, grids
 * expanded, defaults filled in.
 * @param nameOrPath a table's name, such as `table1`, or a .yaml file
 * @throws UserError that names file, line, column and path of every fault
 */
export async function loadExperiment(
  nameOrPath: string,
  profile: string,
  overrides: readonly Override[] = [],
): Promise<LoadedExperiment> {
  const path = await tablePath(nameOrPath);
  const whole = await loadExtended(path);
  const profiled = inProfile(whole, path, profile);
  const overridden = overrides.reduce<Located>(
    (document, { option, value }) => mergeLocated(document, locate(value, option), { identifiedBy }),
    profiled,
  );
  const document = withGrids(overridden);
  const experiment = validate(experimentSchema, document);
  const name = basename(path).replace(/\.ya?ml$/, '');
  return { name, profile, profiles: profileNames(whole), path, experiment, document };
}
