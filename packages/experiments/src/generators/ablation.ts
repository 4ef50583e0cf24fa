import { UserError } from '@im-bert/core';

/** What of Nx's tree of files is used here, so that Nx is no dependency. */
interface Tree {
  exists(path: string): boolean;
  write(path: string, text: string): void;
}

/** The generator's options; generators/ablation.json has their defaults. */
interface AblationOptions {
  readonly name: string;
  /** Dotted path of the row that takes several values. */
  readonly vary: string;
  /** Separated by commas. */
  readonly values: string;
  readonly directory: string;
}

/** Where the schema is, seen from the file: for editors. */
function schemaFrom(directory: string): string {
  const isOurs = directory === 'packages/experiments/tables/ablations';
  return `${isOurs ? '../..' : 'node_modules/@im-bert/experiments'}/schema/experiment.schema.json`;
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
    grid: { ${vary}: [${values.split(',').join(', ')}] }
`;
}

/**
 * Writes an ablation: `nx g @im-bert/experiments:ablation my-steps --vary=connection.solver.stepSize --values=0.1,0.01`.
 * @throws UserError if there is a file of that name
 */
export default function ablation(tree: Tree, options: AblationOptions): void {
  const path = `${options.directory}/${options.name}.yaml`;
  if (tree.exists(path))
    throw new UserError({
      where: path,
      expected: 'no file of that name',
      got: 'one',
      remedy: 'Take another name, or edit that file.',
    });
  tree.write(path, ablationYaml(options));
}
