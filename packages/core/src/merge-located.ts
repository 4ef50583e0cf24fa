import type { Located, LocatedEntry, LocatedMapping } from './located.ts';

/** How documents are laid over each other. */
export interface MergeOptions {
  /**
   * Keys that name the kind of a mapping, such as `kind` or `name`. A mapping that changes one of them replaces the
   * whole of the other: `{name: anderson}` over `{name: gradient-descent, stepSize: 0.1}` drops the step size.
   */
  readonly identifiedBy?: readonly string[];
  /** Keys at the top whose lists are added to the list below instead of taking its place. */
  readonly appended?: readonly string[];
}

function scalarOf(mapping: LocatedMapping, key: string): unknown {
  const value = mapping.entries.get(key)?.value;
  return value?.kind === 'scalar' ? value.value : undefined;
}

function isOtherKind(base: LocatedMapping, over: LocatedMapping, identifiedBy: readonly string[]): boolean {
  return identifiedBy.some((key) => {
    const [before, after] = [scalarOf(base, key), scalarOf(over, key)];
    return before !== undefined && after !== undefined && before !== after;
  });
}

function mergeEntry(key: string, before: Located, after: Located, options: MergeOptions): Located {
  const { appended = [], ...deeper } = options;
  if (appended.includes(key) && before.kind === 'list' && after.kind === 'list')
    return { ...after, items: [...before.items, ...after.items] };
  return mergeLocated(before, after, deeper);
}

/**
 * `over` laid over `base`: mappings key by key, lists and scalars replaced whole,
 * but for the lists that are appended. Every value keeps the place where it
 * was written, so an error names the file that it really comes from.
 */
export function mergeLocated(base: Located, over: Located, options: MergeOptions = {}): Located {
  if (base.kind !== 'mapping' || over.kind !== 'mapping') return over;
  if (isOtherKind(base, over, options.identifiedBy ?? [])) return over;
  const entries = new Map<string, LocatedEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const value = before === undefined ? entry.value : mergeEntry(key, before.value, entry.value, options);
    entries.set(key, { keyPlace: entry.keyPlace, value });
  }
  return { kind: 'mapping', entries, place: over.place };
}
