import type { Task } from '@im-bert/data';

/** What is known of a task before its data is loaded. */
interface TaskSize {
  /** Examples of GLUE's train and validation split, and of AdvGLUE dev. */
  readonly train: number;
  readonly clean: number;
  readonly adversarial: number;
  /** A usual length of its batches, in tokens. */
  readonly tokens: number;
}

export const taskSizes = {
  sst2: { train: 67349, clean: 872, adversarial: 148, tokens: 32 },
  qqp: { train: 363846, clean: 40430, adversarial: 78, tokens: 40 },
  mnli: { train: 392702, clean: 9815, adversarial: 121, tokens: 56 },
  'mnli-mm': { train: 392702, clean: 9832, adversarial: 162, tokens: 56 },
  qnli: { train: 104743, clean: 5463, adversarial: 148, tokens: 80 },
  rte: { train: 2490, clean: 277, adversarial: 81, tokens: 112 },
  imdb: { train: 25000, clean: 25000, adversarial: 0, tokens: 300 },
} as const satisfies Record<Task, TaskSize>;
