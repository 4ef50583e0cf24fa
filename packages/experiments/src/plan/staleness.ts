import { canonicalJson, type Json } from '@im-bert/core';
import type { RunRow } from '../store/rows.ts';
import { type PlacedCell, specJson, stageVersion } from './cell.ts';

/** Whether a cell has a result, and if not, why not. */
export type Standing =
  | { readonly state: 'done' }
  | { readonly state: 'stale'; readonly why: string }
  /** Without a result, and not to be run now. */
  | { readonly state: 'postponed'; readonly why: string };

interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function differences(before: Json | undefined, after: Json | undefined, path: string): Difference[] {
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  const equal = before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after);
  return equal ? [] : [{ path, before, after }];
}

function isMapping(value: Json | undefined): value is { readonly [key: string]: Json } {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);
}

function said(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function changes(cell: PlacedCell, before: RunRow): string {
  const spec = JSON.parse(before.spec) as Json;
  const found = differences(spec, specJson(cell.spec), '').map(
    (difference) => `${difference.path} was ${said(difference.before)}, is ${said(difference.after)}`,
  );
  if (before.digest !== cell.digest) found.push('its data changed');
  if (before.stage_version !== stageVersion)
    found.push(`the stage's version was ${before.stage_version}, is ${stageVersion}`);
  return found.join('; ');
}

/**
 * How a cell stands.
 * @param run the cell's own run, if it was ever started
 * @param before the run that stood in the cell's place of the table when it was last planned
 */
export function standing(cell: PlacedCell, run: RunRow | undefined, before: RunRow | undefined): Standing {
  if (cell.digest === '') return { state: 'stale', why: 'its data is not loaded yet' };
  switch (run?.status) {
    case 'done':
      return { state: 'done' };
    case 'failed':
      return { state: 'stale', why: `failed: ${run.error ?? 'no reason recorded'}` };
    case 'interrupted':
    case 'running':
      return { state: 'stale', why: 'interrupted; goes on from its checkpoint' };
    case undefined:
      return { state: 'stale', why: before === undefined ? 'never run' : changes(cell, before) };
  }
}
