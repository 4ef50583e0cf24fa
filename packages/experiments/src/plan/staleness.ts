import { canonicalJson, type Json } from '@im-bert/core';
import { subjectId } from '../measurements/measurement.ts';
import { measurementsFor } from '../measurements/measurements.ts';
import type { SlotRow } from '../store/rows.ts';
import { type PlacedCell, specJson, trainingVersion } from './cell.ts';
import type { Records, Work } from './work.ts';

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

function changes(cell: PlacedCell, before: SlotRow): string {
  const spec = JSON.parse(before.spec) as Json;
  const found = differences(spec, specJson(cell.spec), '').map(
    (difference) => `${difference.path} was ${said(difference.before)}, is ${said(difference.after)}`,
  );
  if (before.digest !== cell.digest) found.push('its data changed');
  if (before.training_version !== trainingVersion)
    found.push(`training's version was ${before.training_version}, is ${trainingVersion}`);
  return found.join('; ');
}

/** `drift and spectra`. */
function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
}

/** Why measurements are missing on a model that was trained. */
function unmeasured(cell: PlacedCell, { trains, measures }: Work, records: Records): string {
  const earlier = measures.map((one) => ({
    ...{ name: one.name, version: one.version },
    last: records.measured(subjectId(cell, one), one.name)[0],
  }));
  const never = earlier.filter(({ last }) => last === undefined).map(({ name }) => name);
  const all = never.length === measurementsFor(cell.spec).length;
  const reasons = earlier.flatMap(({ name, version, last }) =>
    last === undefined
      ? []
      : last.version !== version
        ? [`${name} was measured by version ${last.version}, is ${version}`]
        : [`${name} failed: ${last.error ?? 'no reason recorded'}`],
  );
  if (all) reasons.unshift('trained; nothing was measured on it yet');
  else if (never.length > 0)
    reasons.unshift(`${listed(never)} ${never.length === 1 ? 'was' : 'were'} never measured on this model`);
  if (trains) reasons.push('its weights are gone, so it is trained again');
  return reasons.join('; ');
}

/**
 * How a cell stands.
 * @param before what stood in the cell's place of the table when it was last planned
 */
export function standing(
  cell: PlacedCell,
  work: Work,
  records: Records,
  before: SlotRow | undefined,
): Standing {
  if (cell.digest === '') return { state: 'stale', why: 'its data is not loaded yet' };
  if (cell.spec.pretrained === '') return { state: 'stale', why: 'its pretrained weights are not here yet' };
  const run = records.model(cell.model);
  switch (run?.status) {
    case 'done':
      return work.measures.length === 0
        ? { state: 'done' }
        : { state: 'stale', why: unmeasured(cell, work, records) };
    case 'failed':
      return { state: 'stale', why: `failed: ${run.error ?? 'no reason recorded'}` };
    case 'running':
      return { state: 'stale', why: 'running, or killed as it ran; goes on from its checkpoint' };
    case 'interrupted':
      return { state: 'stale', why: 'interrupted; goes on from its checkpoint' };
    case undefined:
      return {
        state: 'stale',
        why:
          before === undefined || records.model(before.model) === undefined
            ? 'never run'
            : changes(cell, before),
      };
  }
}
