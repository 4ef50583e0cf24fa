import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import {
  formatPlace,
  type Json,
  loadYaml,
  locate,
  type Located,
  type LocatedMapping,
  mergeLocated,
  nearest,
  placeOf,
  UserError,
  validate,
  valueAt,
  withoutKeys,
} from '@im-bert/core';
import { type EvaluationSet, isFor, loadSet } from '@im-bert/data';
import { expandGrids } from './grid.ts';
import { maximumCells } from './limits.ts';
import { checkEffects } from './effects.ts';
import { type Experiment, experimentFileSchema, experimentSchema } from './schema.ts';

/** The folder of the tables that come with the package. */
const tablesFolder = join(import.meta.dirname, '..', '..', 'tables');

/** Mappings that name their kind; a profile that changes the kind replaces the whole. */
export const identifiedBy: readonly string[] = ['kind', 'name', 'from'];

/** How files are laid over each other: their notes add up. */
const merging = { identifiedBy, appended: ['notes'] };

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
  /** The further sets that its models are scored on. */
  readonly sets: readonly EvaluationSet[];
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

/** One file of those that an experiment is read from. */
interface ExperimentFile {
  readonly path: string;
  readonly document: LocatedMapping;
}

/** The path that `extends` names. @throws UserError if it is no text, or closes a circle */
function extendedPath(parent: Located, path: string, seen: readonly string[]): string {
  if (parent.kind !== 'scalar' || typeof parent.value !== 'string')
    throw new UserError({
      where: formatPlace(parent.place),
      expected: "a .yaml file's name, or a name of the package's own, such as base/advglue",
      got: 'another value',
    });
  const name = parent.value;
  const beside = isAbsolute(name) ? name : join(dirname(path), name);
  const extended = isFile.test(name) ? beside : ownFile(name);
  if (seen.map((file) => resolve(file)).includes(resolve(extended)))
    throw new UserError({
      where: formatPlace(parent.place),
      expected: 'a file that does not extend this one',
      got: `a circle over "${name}"`,
    });
  return extended;
}

/** The file and those that it extends, the nearest last. */
async function readFiles(path: string, after: readonly string[] = []): Promise<readonly ExperimentFile[]> {
  const document = await loadYaml(path);
  if (document.kind !== 'mapping')
    throw new UserError({ where: path, expected: 'a mapping', got: 'a list or a single value' });
  const parent = valueAt(document, ['extends']);
  const seen = [...after, path];
  const farther = parent === undefined ? [] : await readFiles(extendedPath(parent, path, seen), seen);
  return [...farther, { path, document }];
}

function profileNames(files: readonly ExperimentFile[]): readonly string[] {
  const names = files.flatMap(({ document }) => {
    const profiles = valueAt(document, ['profiles']);
    return profiles?.kind === 'mapping' ? [...profiles.entries.keys()] : [];
  });
  return [...new Set(names)];
}

/** A file's own profile laid over the rest of it; a file without that profile is the same in each. */
function inProfile({ document }: ExperimentFile, profile: string): Located {
  const rest = withoutKeys(document, ['profiles', 'extends']);
  const chosen = valueAt(document, ['profiles', profile]);
  return chosen === undefined ? rest : mergeLocated(rest, chosen, merging);
}

/** The files in one profile, each laid over those that it extends. @throws UserError for a profile that none has */
function laidOver(files: readonly ExperimentFile[], path: string, profile: string): Located {
  const names = profileNames(files);
  if (names.length > 0 && !names.includes(profile))
    throw new UserError({
      where: `${path} profile`,
      expected: names.join(', '),
      got: `"${profile}"`,
      nearest: nearest(profile, names),
    });
  return files
    .map((file) => inProfile(file, profile))
    .reduce((under, over) => mergeLocated(under, over, merging));
}

function withGrids(document: Located): Located {
  const rows = valueAt(document, ['rows']);
  if (document.kind !== 'mapping' || rows === undefined) return document;
  const entry = document.entries.get('rows');
  const expanded = { keyPlace: entry?.keyPlace ?? rows.place, value: expandGrids(rows) };
  return { ...document, entries: new Map([...document.entries, ['rows', expanded]]) };
}

/** @throws UserError if there are more cells than could ever be run */
function checkCells({ rows, tasks, seeds }: Experiment, document: Located): void {
  const count = Object.keys(rows).length * tasks.length * (typeof seeds === 'number' ? seeds : seeds.length);
  if (count <= maximumCells) return;
  throw new UserError({
    where: `${formatPlace(placeOf(document, ['seeds']))} seeds`,
    expected: `at most ${maximumCells} cells (rows times tasks times seeds)`,
    got: String(count),
  });
}

/** The sets that an experiment names, a file's path from the experiment's folder on. @throws UserError at its place for a set of no use */
async function loadSets(
  { sets, tasks }: Experiment,
  document: Located,
  path: string,
): Promise<readonly EvaluationSet[]> {
  const loaded: EvaluationSet[] = [];
  for (const [index, name] of sets.entries()) {
    const where = `${formatPlace(placeOf(document, ['sets', index]))} sets[${index}]`;
    const set = await loadSet(name, dirname(path), where);
    if (!tasks.some((task) => isFor(set, task)))
      throw new UserError({
        where,
        expected: `a set for ${tasks.join(', ')}`,
        got: `"${name}", which is for ${set.tasks.length === 0 ? 'none of the tasks' : set.tasks.join(', ')}`,
      });
    if (loaded.some((other) => other.name === set.name))
      throw new UserError({ where, expected: 'sets of different names', got: `"${set.name}" twice` });
    loaded.push(set);
  }
  return loaded;
}

/**
 * Reads an experiment: each file in the profile, over those that it extends, the overrides over all, grids expanded,
 * defaults filled in. So the nearer file wins, whether it says something at its top or in a profile; what it overrides,
 * and what other profiles say, is checked too.
 * @param nameOrPath a table's name, such as `table1`, or a .yaml file
 * @throws UserError that names file, line, column and path of every fault
 */
export async function loadExperiment(
  nameOrPath: string,
  profile: string,
  overrides: readonly Override[] = [],
): Promise<LoadedExperiment> {
  const path = await tablePath(nameOrPath);
  const files = await readFiles(path);
  const overridden = overrides.reduce<Located>(
    (document, { option, value }) => mergeLocated(document, locate(value, option), { identifiedBy }),
    laidOver(files, path, profile),
  );
  const document = withGrids(overridden);
  const experiment = validate(experimentSchema, document);
  for (const file of files) validate(experimentFileSchema, file.document);
  checkCells(experiment, document);
  checkEffects(experiment, document);
  const sets = await loadSets(experiment, document, path);
  const name = basename(path).replace(/\.ya?ml$/, '');
  return { name, profile, profiles: profileNames(files), path, experiment, document, sets };
}
