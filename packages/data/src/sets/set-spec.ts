import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import {
  contentHash,
  formatPlace,
  type Json,
  loadYaml,
  nearest,
  placeOf,
  UserError,
  validate,
} from '@im-bert/core';
import { encodingExists } from 'iconv-lite';
import { z } from 'zod';
import { type Task, taskNames } from '../tasks.ts';
import { checkMerge } from './scoring.ts';

const shownName = /^[a-z][a-z0-9_]*$/;

/** What a file of packages/data/sets holds, or a user's own. */
const setFileSchema = z.strictObject({
  title: z.string().min(1),
  about: z.string().optional().describe('What it is and where it comes from, in a sentence.'),
  licence: z.string().min(1),
  tasks: z.array(z.enum(taskNames)).describe('Whose models are scored on it.'),
  labels: z
    .array(z.string().min(1))
    .min(2)
    .optional()
    .describe('Names of its classes; none where models are only asked whether a change flips their answer.'),
  merge: z
    .record(z.string(), z.string())
    .default({})
    .describe("Classes that join others where the set's and the task's differ: neutral: not_entailment."),
  files: z
    .record(z.string().regex(shownName), z.string().min(1))
    .refine((files) => Object.keys(files).length > 0, 'at least one file')
    .describe(
      'What `select` calls $name: a path in the hub, or one from ./ on beside this file; !member of a zip.',
    ),
  encoding: z
    .string()
    .refine(encodingExists, 'the name of an encoding, such as windows-1252')
    .default('utf-8')
    .describe('Of the files, where they are text.'),
  select: z
    .string()
    .min(1)
    .describe(
      'A DuckDB query: id, text_a, label (a name of `labels`, or its place from 0), and where there are any text_b, part ' +
        '(scored on its own too), pair (texts that answer each other), group (texts that stem from one), before_a and ' +
        'before_b (the texts before a change that should not matter).',
    ),
});

/** A set of examples to score models on, as its file describes it. */
export interface EvaluationSet extends z.output<typeof setFileSchema> {
  /** The file's name without its ending: `cad-imdb`. */
  readonly name: string;
  /** Where the file lies. */
  readonly place: string;
  /** Of everything above that decides its rows and how they are scored. */
  readonly definition: string;
}

/** The folder of the sets that come with the package. */
const setsFolder = join(import.meta.dirname, '..', '..', 'sets');

/** The names of the sets that come with the package: `cad-imdb`, `sst2-test`. */
export async function setNames(): Promise<string[]> {
  const files = await readdir(setsFolder);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The set's file. @throws UserError for an unknown name */
async function placeOfSet(nameOrPath: string, folder: string, where: string): Promise<string> {
  if (/\.ya?ml$/.test(nameOrPath)) return isAbsolute(nameOrPath) ? nameOrPath : join(folder, nameOrPath);
  const names = await setNames();
  if (names.includes(nameOrPath)) return join(setsFolder, `${nameOrPath}.yaml`);
  throw new UserError({
    where,
    expected: `one of ${names.join(', ')}, or the path of a .yaml file`,
    got: `"${nameOrPath}"`,
    nearest: nearest(nameOrPath, names),
  });
}

/**
 * Reads the file of an evaluation set.
 * @param nameOrPath a name of the package's own, `cad-imdb`, or a .yaml file
 * @param folder what a relative path starts from
 * @param where who asks, for the error of an unknown name
 * @throws UserError that names file, line and column of every fault
 */
export async function loadSet(nameOrPath: string, folder = '.', where = 'sets'): Promise<EvaluationSet> {
  const place = await placeOfSet(nameOrPath, folder, where);
  const document = await loadYaml(place);
  const { title, about, licence, ...rest } = validate(setFileSchema, document);
  const set = {
    ...{ title, about, licence, ...rest },
    name: basename(place).replace(/\.ya?ml$/, ''),
    place,
    definition: contentHash(JSON.parse(JSON.stringify(rest)) as Json),
  };
  for (const task of set.tasks) {
    const fault = checkMerge(set, task);
    if (fault !== undefined)
      throw new UserError({ where: `${formatPlace(placeOf(document, ['merge']))} merge`, ...fault });
  }
  return set;
}

/** A file of the set on this machine, if the path is one beside the set's file. */
export function localFile({ place }: Pick<EvaluationSet, 'place'>, path: string): string | undefined {
  if (isAbsolute(path)) return path;
  return /^\.\.?\//.test(path) ? join(dirname(place), path) : undefined;
}

/** Whether models of the task are scored on the set. */
export function isFor({ tasks }: Pick<EvaluationSet, 'tasks'>, task: Task): boolean {
  return tasks.includes(task);
}
