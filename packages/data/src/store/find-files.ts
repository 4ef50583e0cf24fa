import { UserError } from '@im-bert/core';
import type { Hub } from '../hub/hub.ts';
import { type Task, type TaskFile, tasks, type TaskSpec } from '../tasks.ts';
import type { FoundFile } from './load-file.ts';
import type { Part } from './schema.ts';

/** A split of a task's examples. */
export const splits = ['train', 'validation', 'adversarial', 'adversarial-test'] as const;
export type Split = (typeof splits)[number];

/** What a split reads. */
export interface SplitSource {
  readonly split: Split;
  readonly file: FoundFile;
  /** '' for a file of one task. */
  readonly section: string;
  readonly part: Part;
}

const advGlueFiles = {
  adversarial: { path: 'adversarialglue.github.io/dataset/dev_ann.json', prefix: 'dev' },
  'adversarial-test': { path: 'adversarialglue.github.io/dataset/test_ann.json', prefix: 'test' },
} as const satisfies Partial<Record<Split, TaskFile>>;

/**
 * The files of a task's splits. Where the hub has no validation file, a part of train plays validation. AdvGLUE's test
 * file (22 MB) is read where it is given, and never fetched.
 * @throws UserError if train or AdvGLUE's dev file is missing
 */
export async function findTaskFiles(task: Task, hub: Hub): Promise<SplitSource[]> {
  const spec: TaskSpec = tasks[task];
  const parquet = async (file: TaskFile): Promise<FoundFile | undefined> => {
    const found = await hub.find(file.path);
    return found === undefined ? undefined : { ...file, kind: 'parquet', found };
  };
  const train = (await parquet(spec.train)) ?? (await insist(hub, spec.train.path));
  const validation = await parquet(spec.validation);
  const sources: SplitSource[] =
    validation === undefined
      ? [
          { split: 'train', file: train, section: '', part: 'kept' },
          { split: 'validation', file: train, section: '', part: 'held-out' },
        ]
      : [
          { split: 'train', file: train, section: '', part: 'all' },
          { split: 'validation', file: validation, section: '', part: 'all' },
        ];
  if (spec.advGlue === null) return sources;
  for (const split of ['adversarial', 'adversarial-test'] as const) {
    const { path, prefix } = advGlueFiles[split];
    const found = await hub.find(path, { fetch: split === 'adversarial' });
    if (found !== undefined)
      sources.push({
        split,
        file: { path, prefix, kind: 'adv-glue', found },
        section: spec.advGlue,
        part: 'all',
      });
    else if (split === 'adversarial') await insist(hub, path);
  }
  return sources;
}

/** Lets the hub say that it has no such file. */
async function insist(hub: Hub, path: string): Promise<never> {
  const place = await hub.file(path);
  throw new UserError({
    where: place,
    expected: 'the same answer twice',
    got: 'a file that has just appeared',
  });
}
