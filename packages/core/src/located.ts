import type { Json } from './content-hash.ts';

/** Where a value was written: a file's line and column (from 1), or the option or profile that set it. */
export interface Place {
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
}

/** One step of the way from a document's root to a value: a mapping's key or a list's index. */
export type Path = readonly (string | number)[];

/** A mapping's value with the place of its key. */
export interface LocatedEntry {
  readonly keyPlace: Place;
  readonly value: Located;
}

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly place: Place;
}
export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly place: Place;
}
export interface LocatedMapping {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly place: Place;
}

/** A document in which every value remembers where it was written, also after documents were merged. */
export type Located = LocatedScalar | LocatedList | LocatedMapping;

/** `file:line:column`, or the source alone where there are no lines. */
export function formatPlace({ source, line, column }: Place): string {
  return line === undefined || column === undefined ? source : `${source}:${line}:${column}`;
}

/** `rows[2].model.connection`. */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** A plain value as a document whose values were all written at one source, such as `--profile=small`. */
export function locate(value: Json, source: string): Located {
  const place = { source };
  if (value === null || typeof value !== 'object') return { kind: 'scalar', value, place };
  if (isList(value)) return { kind: 'list', items: value.map((item) => locate(item, source)), place };
  const entries = Object.entries(value).map(
    ([key, item]) => [key, { keyPlace: place, value: locate(item, source) }] as const,
  );
  return { kind: 'mapping', entries: new Map(entries), place };
}

/** `Array.isArray` that also narrows readonly arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The document without its places. */
export function plainValue(node: Located): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'mapping':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainValue(value)]));
  }
}

/** The value at the end of a path; undefined if the document ends before. */
export function valueAt(node: Located, path: Path): Located | undefined {
  let current: Located | undefined = node;
  for (const step of path) {
    if (current?.kind === 'mapping') current = current.entries.get(String(step))?.value;
    else if (current?.kind === 'list') current = current.items[Number(step)];
    else return undefined;
  }
  return current;
}

/** Where the value at a path was written; for a missing one, where the nearest enclosing value was. */
export function placeOf(node: Located, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const found = valueAt(node, path.slice(0, length));
    if (found !== undefined) return found.place;
  }
  return node.place;
}

/** Where the key at the end of a path was written; where there is none, as `placeOf`. */
export function keyPlaceOf(node: Located, path: Path): Place {
  const parent = valueAt(node, path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.keyPlace ?? placeOf(node, path);
}

/** A mapping without some of its keys; any other document as it is. */
export function withoutKeys(node: Located, keys: readonly string[]): Located {
  if (node.kind !== 'mapping') return node;
  return { ...node, entries: new Map([...node.entries].filter(([key]) => !keys.includes(key))) };
}
