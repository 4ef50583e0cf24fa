import { createHash } from 'node:crypto';
import { UserError } from '@im-bert/core';
import type { Texts } from '@im-bert/data';
import type { Probabilities } from './victim.ts';

/** What the victim says of one text. */
export interface Answer {
  readonly probabilities: readonly number[]; // [C]
  /** p_y, the probability of the right label. */
  readonly right: number;
  /** The first of the most probable labels. */
  readonly label: number;
  /** Whether that is a wrong one: the goal is untargeted misclassification. */
  readonly succeeds: boolean;
}

/** Texts that are rendered and held at a time. */
const chunk = 256;

/** A cached text of this length or more is known by its digest. */
const longText = 200;

/**
 * Untargeted misclassification of one example's attacked field. Counts queries as TextAttack does, those that the cache
 * answers included. The cache is the example's own, so its hits depend on no other example.
 */
export class Goal {
  readonly #ask: (inputs: readonly Texts[]) => Promise<readonly Probabilities[]>;
  readonly #around: (text: string) => Texts;
  readonly #label: number;
  readonly #budget: number;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, Answer>();
  queries = 0;
  cacheHits = 0;

  constructor(options: {
    readonly ask: (inputs: readonly Texts[]) => Promise<readonly Probabilities[]>;
    /** Puts the attacked text into the input, beside the fixed one of a pair. */
    readonly around: (text: string) => Texts;
    readonly label: number;
    readonly budget: number | null;
    readonly signal?: AbortSignal | undefined;
  }) {
    this.#ask = options.ask;
    this.#around = options.around;
    this.#label = options.label;
    this.#budget = options.budget ?? Infinity;
    this.#signal = options.signal;
  }

  /** Whether the budget leaves no query. */
  get exhausted(): boolean {
    return this.queries >= this.#budget;
  }

  /** Answers of the texts, in order; of the first ones only where the budget ends among them. */
  async ask(count: number, text: (index: number) => string): Promise<Answer[]> {
    const allowed = Math.min(count, this.#budget - this.queries);
    const answers: Answer[] = [];
    while (answers.length < allowed) {
      this.#signal?.throwIfAborted();
      const size = Math.min(chunk, allowed - answers.length);
      const first = answers.length;
      answers.push(...(await this.#askChunk(Array.from({ length: size }, (_, row) => text(first + row)))));
    }
    return answers;
  }

  async #askChunk(texts: readonly string[]): Promise<Answer[]> {
    const keys = texts.map((text) =>
      text.length < longText ? text : createHash('sha256').update(text).digest('base64'),
    );
    const wanted = new Map<string, string>();
    keys.forEach((key, row) => {
      if (!this.#known.has(key)) wanted.set(key, texts[row] ?? '');
    });
    this.queries += texts.length;
    this.cacheHits += texts.length - wanted.size;
    const answers = await this.#ask([...wanted.values()].map(this.#around));
    [...wanted.keys()].forEach((key, row) => this.#known.set(key, this.#answer(answers[row] ?? [])));
    return keys.map((key) => this.#known.get(key) as Answer);
  }

  #answer(given: Probabilities): Answer {
    const probabilities = Array.from(given);
    const right = probabilities[this.#label];
    if (right === undefined || !probabilities.every(Number.isFinite))
      throw new UserError({
        where: 'victim',
        expected: `finite probabilities of at least ${this.#label + 1} labels`,
        got: `[${probabilities.join(', ')}]`,
      });
    const label = probabilities.indexOf(Math.max(...probabilities));
    return { probabilities, right, label, succeeds: label !== this.#label };
  }
}
