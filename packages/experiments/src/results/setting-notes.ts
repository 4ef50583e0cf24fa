import type { Task } from '@im-bert/data';
import type { PresentEncoder } from '../plan/cell.ts';
import type { Plan } from '../plan/plan.ts';
import { seedsOf } from '../plan/place-cells.ts';
import type { ResolvedRow } from '../plan/resolve-rows.ts';

function encoderNote(name: string, encoder: PresentEncoder): string {
  const shape = `${encoder.layers} layers of ${encoder.width}`;
  return encoder.from === 'hub'
    ? `Encoder "${name}" is ${encoder.model} (${shape}), pretrained.`
    : `Encoder "${name}" is a ${encoder.family} encoder of ${shape}, trained from scratch.`;
}

function lengthNote(row: ResolvedRow, tasks: readonly Task[]): string {
  const lengths = tasks.map((task) => `${task} ${row.training.get(task)?.maxLength ?? '-'}`);
  return lengths.join(', ');
}

/** `freelb (passes 3, ascentRate 0.1)`. */
function settingsOf({ name, ...settings }: { readonly name: string }): string {
  const texts = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`);
  return texts.length === 0 ? name : `${name} (${texts.join(', ')})`;
}

function attackNotes({ loaded }: Plan): string[] {
  const { attack } = loaded.experiment;
  if (attack === undefined) return [];
  const { recipe, examples, words, queryBudget, vectors, sentenceModel } = attack;
  const cut = words === undefined ? '' : `, cut to ${words} words`;
  const budget = queryBudget === undefined ? '' : `, at most ${queryBudget} queries each`;
  const needs = ['textfooler', 'textbugger'].includes(recipe.name)
    ? ` Word vectors ${vectors}; sentences are compared by ${sentenceModel}, to whose scale the bounds of the Universal Sentence Encoder are not calibrated.`
    : '';
  return [
    `Attack ${settingsOf(recipe)} on ${examples} held-out examples${cut}${budget}, those that the model has wrong included.${needs}`,
  ];
}

function recipeNotes(plan: Plan): string[] {
  const { tasks } = plan.loaded.experiment;
  const [row] = plan.rows;
  const training = row?.training.get(tasks[0] ?? 'sst2');
  if (row === undefined || training === undefined) return [];
  const { optimizer, schedule, batchSize, epochs, objective } = training;
  const others = plan.rows.flatMap(({ name, training: recipes }) => {
    const own = recipes.get(tasks[0] ?? 'sst2')?.objective;
    return own === undefined || own.name === 'standard' ? [] : [`${name}: ${settingsOf(own)}`];
  });
  return [
    ...(others.length === 0 ? [] : [`Objectives other than the standard one: ${others.join('; ')}.`]),
    `${objective.name === 'standard' && others.length === 0 ? 'Objective standard; ' : ''}${optimizer.name}, learning rate ${optimizer.learningRate}, batch ${batchSize}, ` +
      `${epochs} epochs, warm-up over ${100 * schedule.warmup} % of the steps, then ${schedule.decay}; ` +
      'the epoch of the lowest validation loss is kept.',
    `Longest sequence in tokens: ${lengthNote(row, tasks)}.`,
  ];
}

function dataNote(plan: Plan): string {
  const { data, seeds } = plan.loaded.experiment;
  const [row] = plan.rows;
  const share = [...(row?.training.values() ?? [])][0]?.validationShare ?? 0.2;
  const amounts = [...new Set(plan.rows.map(({ train }) => String(train)))].join(' or ');
  const amount = amounts === 'all' ? 'All training examples' : `${amounts} training examples a task and seed`;
  const scored = data.clean === 'all' ? 'all held-out examples' : `at most ${data.clean} held-out examples`;
  return (
    `${amount}, ${Math.round(100 * share)} % of them to choose the epoch; clean accuracy over ${scored}; ` +
    `seeds ${seedsOf(seeds).join(', ')}.`
  );
}

/** The sentences that say how a table was made: encoders, data, recipe, rows left out, the experiment's own notes. */
export function settingNotes(plan: Plan): string[] {
  const used = new Map(plan.rows.map(({ spec, encoder }) => [spec.encoder, encoder]));
  return [
    ...[...used].map(([name, encoder]) => encoderNote(name, encoder)),
    dataNote(plan),
    ...recipeNotes(plan),
    ...attackNotes(plan),
    ...plan.omitted.map(({ name, reason }) => `${name} is left out: ${reason}.`),
    ...plan.loaded.experiment.notes,
  ];
}
