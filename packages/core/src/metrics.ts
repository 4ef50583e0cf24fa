/** AdvGLUE's tasks, in the order of the paper's columns. */
export const advGlueTasks = ['sst2', 'qqp', 'qnli', 'mnli', 'mnli-mm', 'rte'] as const;
export type AdvGlueTask = (typeof advGlueTasks)[number];

/** A number that needs several tasks: its value (a share from 0 to 1), or the tasks it lacks. */
export type Average =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'incomplete'; readonly missing: readonly AdvGlueTask[] };

function checkPaired(predictions: readonly number[], labels: readonly number[]): void {
  if (predictions.length === labels.length && labels.length > 0) return;
  throw new RangeError(
    `metric: expected as many predictions as labels and at least one, got ${predictions.length} and ${labels.length}.`,
  );
}

/**
 * Share of right predictions, from 0 to 1.
 * @throws RangeError if the two lists differ in length or are empty
 */
export function accuracy(predictions: readonly number[], labels: readonly number[]): number {
  checkPaired(predictions, labels);
  return labels.filter((label, index) => label === predictions[index]).length / labels.length;
}

/**
 * The mean over the labels that occur of the share of their examples that is predicted right, from 0 to 1: always answering
 * one class scores one over the number of classes, however skewed the set is.
 * @throws RangeError if the two lists differ in length or are empty
 */
export function balancedAccuracy(predictions: readonly number[], labels: readonly number[]): number {
  checkPaired(predictions, labels);
  const classes = [...new Set(labels)];
  const recalls = classes.map((wanted) => {
    const own = labels.flatMap((label, index) => (label === wanted ? [predictions[index]] : []));
    return own.filter((predicted) => predicted === wanted).length / own.length;
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

/**
 * F1 of the positive class 1, from 0 to 1, as GLUE's QQP and MRPC score it; 0 when nothing is or should be positive.
 * @throws RangeError if the two lists differ in length or are empty
 */
export function binaryF1(predictions: readonly number[], labels: readonly number[]): number {
  checkPaired(predictions, labels);
  const right = labels.filter((label, index) => label === 1 && predictions[index] === 1).length;
  const positives =
    labels.filter((label) => label === 1).length + predictions.filter((label) => label === 1).length;
  return positives === 0 ? 0 : (2 * right) / positives;
}

/**
 * The score that AdvGLUE's evaluate.py gives a task: the mean of its GLUE metrics, so accuracy for all but QQP, which
 * gets the mean of accuracy and F1.
 * @throws RangeError if the two lists differ in length or are empty
 */
export function advGlueTaskScore(
  task: AdvGlueTask,
  predictions: readonly number[],
  labels: readonly number[],
): number {
  const right = accuracy(predictions, labels);
  return task === 'qqp' ? (right + binaryF1(predictions, labels)) / 2 : right;
}

type TaskNumbers = Readonly<Partial<Record<AdvGlueTask, number>>>;

/** The plain mean of six accuracies, which the paper prints for its own rows. */
export function sixTaskMean(accuracies: TaskNumbers): Average {
  return weightedMean(accuracies, { sst2: 1, qqp: 1, qnli: 1, mnli: 1, 'mnli-mm': 1, rte: 1 });
}

/** The official AdvGLUE score of five tasks: MNLI counts once, as the mean of matched and mismatched. */
export function officialAdvGlueScore(taskScores: TaskNumbers): Average {
  return weightedMean(taskScores, { sst2: 1, qqp: 1, qnli: 1, mnli: 0.5, 'mnli-mm': 0.5, rte: 1 });
}

function weightedMean(numbers: TaskNumbers, weights: Readonly<Record<AdvGlueTask, number>>): Average {
  const missing = advGlueTasks.filter((task) => numbers[task] === undefined);
  if (missing.length > 0) return { kind: 'incomplete', missing };
  const total = advGlueTasks.reduce((sum, task) => sum + weights[task], 0);
  return {
    kind: 'value',
    value: advGlueTasks.reduce((sum, task) => sum + weights[task] * (numbers[task] ?? 0), 0) / total,
  };
}
