import { recipes } from '@im-bert/attacks';
import {
  formatPath,
  formatPlace,
  keyPlaceOf,
  type Located,
  type Mistake,
  type Path,
  UserError,
  valueAt,
} from '@im-bert/core';
import { solveOf } from '@im-bert/models';
import type { Experiment } from './schema.ts';

/** A setting that is written down and cannot change anything. */
function dead(document: Located, path: Path, because: string): readonly Mistake[] {
  if (valueAt(document, path) === undefined) return [];
  const where = `${formatPlace(keyPlaceOf(document, path))} ${formatPath(path)}`;
  return [
    {
      where,
      expected: `no ${String(path.at(-1))}, since ${because}`,
      got: 'one, which would have no effect',
    },
  ];
}

function attackMistakes({ attack, layout }: Experiment, document: Located): readonly Mistake[] {
  if (attack === undefined)
    return layout === 'attack' ? dead(document, ['layout'], 'the experiment has no attack') : [];
  const needs: readonly string[] = recipes[attack.recipe.name].needs;
  const lacks = (need: string, setting: string): readonly Mistake[] =>
    needs.includes(need) ? [] : dead(document, ['attack', setting], `${attack.recipe.name} needs none`);
  const { recipe } = attack;
  const short =
    recipe.name === 'textfooler' && recipe.variant === 'textattack'
      ? dead(
          document,
          ['attack', 'recipe', 'shortMinimumSentenceCosine'],
          "TextAttack's variant has no such bound",
        )
      : [];
  return [...lacks('vectors', 'vectors'), ...lacks('encoder', 'sentenceModel'), ...short];
}

function rowMistakes(
  [name, row]: readonly [string, Experiment['rows'][string]],
  document: Located,
): readonly Mistake[] {
  const { connection, layerGroup } = row;
  const at = (...path: string[]): Path => ['rows', name, ...path];
  const plain =
    'layers' in connection
      ? []
      : dead(document, at('layerGroup'), `a row that is ${connection.kind} chooses no layers`);
  const unsolved =
    solveOf(connection) === undefined
      ? dead(document, at('evaluate'), `nothing is solved in a row that is ${connection.kind}`)
      : [];
  const grouped =
    layerGroup === undefined ? [] : dead(document, at('connection', 'layers'), 'layerGroup sets the layers');
  const whole = layerGroup === undefined && 'elsewhere' in connection && connection.layers === 'all';
  const nowhere = whole
    ? dead(document, at('connection', 'elsewhere'), `every layer is ${connection.kind}`)
    : [];
  return [...plain, ...unsolved, ...grouped, ...nowhere];
}

/** @throws UserError that names every setting of the document which has no effect beside the others */
export function checkEffects(experiment: Experiment, document: Located): void {
  const mistakes = [
    ...attackMistakes(experiment, document),
    ...Object.entries(experiment.rows).flatMap((row) => rowMistakes(row, document)),
  ];
  if (mistakes.length > 0) throw new UserError(mistakes);
}
