import { type Located, type LocatedEntry, type LocatedMapping, plainValue } from '@im-bert/core';

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

/** Every combination of the grid's values, the last path varying fastest. */
function pointsOf(grid: LocatedMapping): Point[] {
  return [...grid.entries].reduce<Point[]>(
    (points, [path, { value: list }]) => {
      const values = list.kind === 'list' ? list.items : [list];
      return points.flatMap((point) => values.map((value) => new Map([...point, [path, value]])));
    },
    [new Map()],
  );
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

/** A value with its texts filled in. */
function filled(node: Located, point: Point): Located {
  if (node.kind === 'scalar')
    return typeof node.value === 'string' ? { ...node, value: fill(node.value, point) } : node;
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

/**
 * Replaces every row that has a `grid` (dotted paths of the row, each with a list of values) by one row for each
 * combination. Braces in the row's name, `paper`, `note`, `group` and `baseline` are filled with the point's values; a name without braces gets
 * them appended, so that rows never share a name. Values keep the places where they were written.
 */
export function expandGrids(rows: Located): Located {
  if (rows.kind !== 'mapping') return rows;
  const expanded = [...rows.entries].flatMap(([name, entry]): [string, LocatedEntry][] => {
    const row = entry.value;
    const grid = row.kind === 'mapping' ? row.entries.get('grid')?.value : undefined;
    if (row.kind !== 'mapping' || grid?.kind !== 'mapping') return [[name, entry]];
    return pointsOf(grid).map((point) => [nameAt(name, point), { ...entry, value: rowAt(row, point) }]);
  });
  return { ...rows, entries: new Map(expanded) };
}
