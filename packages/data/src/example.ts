/** Where an adversarial change sits, in AdvGLUE's words (its field `data_construction`). */
export const levels = ['word', 'sentence', 'human'] as const;
export type Level = (typeof levels)[number];

/** One text, or a pair of texts. */
export type Texts = readonly [string] | readonly [string, string];

/** A labelled text or pair of texts. */
export interface Example {
  /** Stable over runs and machines: `sst2/train/123`; `synthetic/...` for generated ones. */
  readonly id: string;
  readonly texts: Texts;
  /** Index into the task's `labels`. */
  readonly label: number;
  /** Adversarial examples only. Group by this, never by `method`: one method serves several levels. */
  readonly level?: Level;
  /** Adversarial examples only: the attack that made it, as AdvGLUE names it. */
  readonly method?: string;
  /** Adversarial examples only: the texts before the attack, where they are known. Those people wrote have none. */
  readonly original?: Texts;
}
