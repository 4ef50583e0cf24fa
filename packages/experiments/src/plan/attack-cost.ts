import type { AttackEvaluation } from '../experiment/schema.ts';
import type { CellSpec } from './cell.ts';
import { taskSizes } from './task-sizes.ts';

/**
 * Queries of an attack by word of its texts: TextFooler asked 1,134 for IMDB's 215 words in its paper (5 a word), and 7 a
 * word here for 20 words; TextAttack's variant asks about the candidates that meet its constraints, 3 a word
 * (im-bert run table5, its BERT row with either variant).
 */
function queriesPerWord(recipe: AttackEvaluation['recipe']): number {
  return recipe.name === 'textfooler' && recipe.variant === 'textattack' ? 3 : 7;
}

/**
 * What an attack costs an example, in forward passes of the task's usual length. English has 1.3 word pieces a word, and two
 * marks a text.
 */
export function attackCost({ task, training, evaluation }: CellSpec): number {
  if (evaluation.attack === undefined) return 0;
  const { recipe, words, queryBudget = Infinity } = evaluation.attack;
  const tokens = Math.min(taskSizes[task].tokens, training.maxLength);
  const length = Math.min(tokens, words === undefined ? tokens : Math.ceil(1.3 * words) + 2);
  return (Math.min(queryBudget, queriesPerWord(recipe) * (words ?? tokens)) * length) / tokens;
}
