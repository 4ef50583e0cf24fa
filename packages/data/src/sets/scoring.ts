import type { Mistake } from '@im-bert/core';
import { type Task, tasks } from '../tasks.ts';

/** What says how a set's classes and a task's belong together. */
interface Labelled {
  readonly labels?: readonly string[] | undefined;
  readonly merge: Readonly<Record<string, string>>;
}

/** How a task's model is scored on a set: classes that both know, and which one each of theirs is. */
export interface Scoring {
  readonly classes: readonly string[];
  /** By the model's class. */
  readonly ofModel: readonly number[];
  /** By the set's label; empty for a set without labels. */
  readonly ofSet: readonly number[];
}

function joined({ labels = [], merge }: Labelled, names: readonly string[]): (name: string) => string {
  const same = labels.length === names.length && labels.every((label) => names.includes(label));
  return same ? (name) => name : (name) => merge[name] ?? name;
}

/**
 * How a task's model is scored on a set. Where the two have the same classes they are compared as they are; else both are
 * renamed by the set's `merge` first: three classes onto two, whichever side has three.
 */
export function scoringOf(set: Labelled, task: Task): Scoring {
  const own: readonly string[] = tasks[task].labels;
  const rename = joined(set, own);
  const classes = [...new Set(own.map(rename))];
  const indexOf = (name: string): number => classes.indexOf(rename(name));
  return { classes, ofModel: own.map(indexOf), ofSet: (set.labels ?? []).map(indexOf) };
}

/** What is wrong with a set's classes for a task; undefined if nothing is. */
export function checkMerge(set: Labelled, task: Task): Omit<Mistake, 'where'> | undefined {
  const { classes, ofSet } = scoringOf(set, task);
  const stray = (set.labels ?? []).filter((_, index) => ofSet[index] === -1);
  if (stray.length === 0 && classes.length > 1) return undefined;
  return {
    expected: `classes that ${task} has (${classes.join(', ')}), after joining`,
    got: stray.length === 0 ? 'a single one' : stray.join(', '),
  };
}
