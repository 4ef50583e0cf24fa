import {
  formatPlace,
  type Located,
  type LocatedEntry,
  type LocatedMapping,
  plainValue,
  UserError,
} from '@im-bert/core';
import { maximumRows, maximumText, maximumValues } from './limits.ts';

/** One point of a grid: a value for each dotted path. */
type Point = ReadonlyMap<string, Located>;

function withEntry(mapping: LocatedMapping, key: string, value: Located): LocatedMapping {
  const keyPlace = mapping.entries.get(key)?.keyPlace ?? value.place;
  return { ...mapping, entries: new Map([...mapping.entries, [key, { keyPlace, value }]]) };
}

function withValueAt(node: Located | undefined, path: readonly string[], value: Located): Located {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const mapping: LocatedMapping =
    node?.kind === 'mapping' ? node : { kind: 'mapping', entries: new Map(), place: value.place };
  return withEntry(mapping, head, withValueAt(mapping.entries.get(head)?.value, rest, value));
}

function refuse(node: Located, expected: string, got: string): never {
  throw new UserError({ where: formatPlace(node.place), expected, got });
}

/** The values that a path takes. */
function valuesOf(list: Located): readonly Located[] {
  return list.kind === 'list' ? list.items : [list];
}

/** Every combination of the grid's values, the last path varying fastest. */
function pointsOf(grid: LocatedMapping): Point[] {
  return [...grid.entries].reduce<Point[]>(
    (points, [path, { value: list }]) =>
      points.flatMap((point) => valuesOf(list).map((value) => new Map([...point, [path, value]]))),
    [new Map()],
  );
}

/** How many rows a grid is. */
function countOf(grid: LocatedMapping): number {
  return [...grid.entries.values()].reduce((count, { value }) => count * valuesOf(value).length, 1);
}

/** The number of values in a document. */
function sizeOf(node: Located): number {
  if (node.kind === 'scalar') return 1;
  const parts = node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
  return parts.reduce((size, part) => size + sizeOf(part), 1);
}

/** @throws UserError if the rows are more, or hold more, than an experiment may, before any is made */
function checkSize(rows: LocatedMapping): void {
  let [count, size] = [0, 0];
  for (const { value: row } of rows.entries.values()) {
    const grid = gridOf(row);
    const times = grid === undefined ? 1 : countOf(grid);
    count += times;
    size += times * sizeOf(row);
    if (count > maximumRows)
      refuse(grid ?? row, `at most ${maximumRows} rows, each point of a grid counted`, String(count));
    if (size > maximumValues)
      refuse(grid ?? row, `at most ${maximumValues} values in all rows`, String(size));
  }
}

function gridOf(row: Located): LocatedMapping | undefined {
  const grid = row.kind === 'mapping' ? row.entries.get('grid')?.value : undefined;
  return grid?.kind === 'mapping' ? grid : undefined;
}

function textOf(value: Located): string {
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

/** "T={connection.solver.iterations}" at a point; what has no value there stays as it is. */
function fill(template: string, point: Point): string {
  return template.replaceAll(/\{([^{}]+)\}/g, (whole, path: string) => {
    const value = point.get(path);
    return value === undefined ? whole : textOf(value);
  });
}

/** @throws UserError if the texts that a grid would put together are too long */
function checkTexts(row: Located, names: readonly string[]): void {
  const long = names.find((name) => name.length > maximumText);
  if (long !== undefined)
    refuse(
      row,
      `at most ${maximumText} characters in a name, a note or a value of a grid`,
      String(long.length),
    );
}

/** A value with its texts filled in. */
function filled(node: Located, point: Point): Located {
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'string') return node;
    checkTexts(node, [node.value]);
    return { ...node, value: fill(node.value, point) };
  }
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => filled(item, point)) };
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { ...entry, value: filled(entry.value, point) }] as const,
  );
  return { ...node, entries: new Map(entries) };
}

function nameAt(name: string, point: Point): string {
  if (name.includes('{')) return fill(name, point);
  return [name, ...[...point].map(([path, value]) => `${path}=${textOf(value)}`)].join(' ');
}

function rowAt(row: LocatedMapping, point: Point): Located {
  const entries = new Map([...row.entries].filter(([key]) => key !== 'grid'));
  for (const key of ['paper', 'paperTest', 'note', 'group', 'baseline']) {
    const entry = entries.get(key);
    if (entry !== undefined) entries.set(key, { ...entry, value: filled(entry.value, point) });
  }
  let placed: Located = { ...row, entries };
  for (const [path, value] of point) placed = withValueAt(placed, path.split('.'), value);
  return placed;
}

/** The rows that one is. */
function expanded(name: string, entry: LocatedEntry): (readonly [string, LocatedEntry])[] {
  const row = entry.value;
  const grid = gridOf(row);
  if (row.kind !== 'mapping' || grid === undefined) return [[name, entry]];
  checkTexts(row, [name, ...grid.entries.keys()]);
  for (const { value } of grid.entries.values()) checkTexts(value, valuesOf(value).map(textOf));
  return pointsOf(grid).map((point) => [nameAt(name, point), { ...entry, value: rowAt(row, point) }]);
}

/**
 * Replaces every row that has a `grid` (dotted paths of the row, each with a list of values) by one row for each
 * combination. Braces in the row's name, `paper`, `note`, `group` and `baseline` are filled with the point's values; a
 * name without braces gets them appended. Values keep the places where they were written.
 * @throws UserError if two rows would have one name, or if the rows are too many
 */
export function expandGrids(rows: Located): Located {
  if (rows.kind !== 'mapping') return rows;
  checkSize(rows);
  const entries = new Map<string, LocatedEntry>();
  for (const [name, entry] of rows.entries)
    for (const [ownName, row] of expanded(name, entry)) {
      if (entries.has(ownName))
        refuse(
          gridOf(entry.value) ?? entry.value,
          'a name of its own for every row',
          `two rows "${ownName}"; name every path of the grid in braces`,
        );
      entries.set(ownName, row);
    }
  return { ...rows, entries };
}
