import type { RandomStream } from '@im-bert/core';
import type { AttackedText } from '../text/attacked-text.ts';
import type { Answer, Goal } from './goal.ts';

/** One change: a word, or a stretch added before the word at `position` (then `from` is empty). */
export interface Change {
  /** Index of the word, from 0. */
  readonly position: number;
  readonly from: string;
  readonly to: string;
}

/** Where an attack ended. */
export interface Found {
  readonly text: string;
  readonly answer: Answer;
  readonly changes: readonly Change[];
}

/** Cosines of a text's embedding with those of others. */
export type SentenceCosines = (
  reference: string,
  candidates: readonly string[],
) => Promise<readonly number[]>;

/** One example under attack. */
export interface AttackState {
  readonly original: AttackedText;
  readonly first: Answer;
  readonly goal: Goal;
  readonly random: RandomStream;
  readonly cosines: SentenceCosines | undefined;
}

/** Words that may stand in another's place, best first. */
export type Transformation = (word: string, random: RandomStream) => readonly string[];

/** A step that constraints judge: candidates for one word of the current text. */
interface Step {
  readonly original: AttackedText;
  readonly current: AttackedText;
  readonly index: number;
  readonly cosines: SentenceCosines | undefined;
}

/** Whether a candidate may stand, and how similar the text remains, in [-1, 1], where that was measured. */
interface Verdict {
  readonly passes: boolean;
  readonly similarity?: number;
}

/** Judges candidates of one step, one verdict each. */
export type Constraint = (step: Step, candidates: readonly string[]) => Promise<readonly Verdict[]>;

/** A whole attack, ready to run on any example. */
export interface Attack {
  /** Name and settings, for the record. */
  readonly name: string;
  readonly read: (text: string) => AttackedText;
  readonly search: (state: AttackState) => Promise<Found>;
}

/** The words that differ, for texts of equally many words. */
export function changedWords(original: AttackedText, current: AttackedText): Change[] {
  return original.words.flatMap((from, position) => {
    const to = current.words[position] ?? '';
    return from === to ? [] : [{ position, from, to }];
  });
}
