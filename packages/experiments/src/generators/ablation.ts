import { isAbsolute, join, relative } from 'node:path';
import { UserError } from '@im-bert/core';

/** What of Nx's tree of files is used here, so that Nx is no dependency. */
interface Tree {
  /** The workspace's folder, absolute; every path is within it. */
  readonly root: string;
  exists(path: string): boolean;
  write(path: string, text: string): void;
}

/** The generator's options; generators/ablation.json has their defaults. */
interface AblationOptions {
  readonly name: string;
  /** Dotted path of the row that takes several values. */
  readonly vary: string;
  /** Separated by commas; Nx makes a number of a single one. */
  readonly values: string | number;
  /** Within the workspace, or absolute and inside it. */
  readonly directory: string;
}

/** Where the schema is, seen from the file: for editors. */
function schemaFrom(directory: string): string {
  const isOurs = directory === 'packages/experiments/tables/ablations';
  return `${isOurs ? '../..' : 'node_modules/@im-bert/experiments'}/schema/experiment.schema.json`;
}

/** The folder as the tree names it. @throws UserError if it is outside of the workspace, where Nx cannot write */
function within({ root }: Tree, directory: string): string {
  const path = isAbsolute(directory) ? relative(root, directory) : directory;
  if (!isAbsolute(path) && !join(path, '.').startsWith('..')) return path === '' ? '.' : path;
  throw new UserError({
    where: `--directory=${directory}`,
    expected: 'a folder inside the workspace',
    got: 'one outside of it',
    remedy: 'Write the YAML file there by hand: docs/ablations.md has one.',
  });
}

/** The ablation as YAML. */
function ablationYaml({ name, vary, values, directory }: AblationOptions): string {
  return `# yaml-language-server: $schema=${schemaFrom(directory)}
extends: base/advglue
title: ${name}
layout: solvers
tasks: [sst2]
rows:
  BERT: { encoder: bert, connection: { kind: monotone } }
  'IM-BERT, {${vary}}':
    encoder: bert
    connection: { kind: implicit, solver: { name: gradient-descent } }
    grid: { ${vary}: [${String(values).split(',').join(', ')}] }
`;
}

/**
 * Writes an ablation: `nx g @im-bert/experiments:ablation my-steps --vary=connection.solver.stepSize --values=0.1,0.01`.
 * @throws UserError if there is a file of that name, or the folder is outside of the workspace
 */
export default function ablation(tree: Tree, options: AblationOptions): void {
  const directory = within(tree, options.directory);
  const path = `${directory}/${options.name}.yaml`;
  if (tree.exists(path))
    throw new UserError({
      where: path,
      expected: 'no file of that name',
      got: 'one',
      remedy: 'Take another name, or edit that file.',
    });
  tree.write(path, ablationYaml({ ...options, directory }));
}
