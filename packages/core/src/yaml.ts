import { readFile, stat } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Mistake, UserError } from './errors.ts';
import { formatPlace, type Located, type LocatedEntry, type Place } from './located.ts';
import { shown } from './shown.ts';
import { checkDepth, checkLength, maximumValues } from './yaml-limits.ts';

/** What is known while one document's nodes are read, in the order in which they stand in the file. */
interface Reading {
  readonly placeAt: (offset: number) => Place;
  /** The node that each name stands for so far: a later anchor of the same name takes its place. */
  readonly anchors: Map<string, Node>;
  /** The nodes around the one that is read, to find an alias that stands for what it is inside of. */
  readonly around: Set<Node>;
  /** Values read, those behind aliases counted each time. */
  count: number;
  readonly mistakes: Mistake[];
}

/**
 * Reads a YAML file into a tree whose every value remembers its line and column.
 * @throws UserError if the file cannot be read or is not one valid YAML document with unique keys
 */
export async function loadYaml(path: string): Promise<Located> {
  return parseYaml(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory())
      throw new UserError({ where: path, expected: 'a YAML file', got: 'a pipe or device' });
    if (found.isFile()) checkLength(found.size, path);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const code = hasCode(cause) ? String(cause.code) : 'an unreadable file';
    const known: Readonly<Record<string, string>> = {
      ENOENT: 'no such file',
      EISDIR: 'a folder',
      ENOTDIR: 'a path through a file',
      EACCES: 'a file without read permission',
    };
    throw new UserError({ where: path, expected: 'a YAML file', got: known[code] ?? code }, { cause });
  }
}

function hasCode(error: unknown): error is { readonly code: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error;
}

/**
 * Reads YAML text into a tree whose every value remembers its line and column. An alias stands for a copy of what it names.
 * @param source the file's name in error messages
 * @throws UserError if it is not one valid YAML document with unique keys, within the limits of yaml-limits.ts, naming
 * `source:line:column` of each fault
 */
export function parseYaml(text: string, source: string): Located {
  checkLength(text.length, source);
  const lineCounter = new LineCounter();
  for (const start of [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)])
    lineCounter.addNewLine(start);
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { source, line, column: col };
  };
  checkDepth(text, placeAt);
  // Keys are compared below: the library compares each with each, which takes long for many.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    throw new UserError(
      faults.map(({ pos, message }) => ({
        where: formatPlace(placeAt(pos[0])),
        expected: 'valid YAML',
        got: `a fault: ${message.length > 200 ? `${message.slice(0, 200)}...` : message}`,
      })),
    );
  const reading: Reading = { placeAt, anchors: new Map(), around: new Set(), count: 0, mistakes: [] };
  const located = locatedNode(reading, document.contents, placeAt(0));
  if (reading.mistakes.length > 0) throw new UserError(reading.mistakes);
  return located;
}

function locatedNode(reading: Reading, node: Node | null, fallback: Place): Located {
  if (node === null) return { kind: 'scalar', value: null, place: fallback };
  const place = node.range ? reading.placeAt(node.range[0]) : fallback;
  if (++reading.count > maximumValues)
    throw new UserError({
      where: formatPlace(place),
      expected: `at most ${maximumValues} values, those behind aliases counted each time`,
      got: 'more',
    });
  if (isAlias(node)) return locatedNode(reading, named(reading, node.source, place), place);
  if ('anchor' in node && typeof node.anchor === 'string') reading.anchors.set(node.anchor, node);
  reading.around.add(node);
  const located = locatedContents(reading, node, place);
  reading.around.delete(node);
  return located;
}

/** What an alias stands for. */
function named(reading: Reading, name: string, place: Place): Node | null {
  const node = reading.anchors.get(name);
  if (node !== undefined && !reading.around.has(node)) return node;
  const got =
    node === undefined ? `*${shown(name)}, which names nothing above` : `*${name}, which is inside of itself`;
  reading.mistakes.push({ where: formatPlace(place), expected: 'the name of an earlier value', got });
  return null;
}

function locatedContents(reading: Reading, node: Node, place: Place): Located {
  if (isSeq<Node | null>(node))
    return { kind: 'list', items: node.items.map((item) => locatedNode(reading, item, place)), place };
  if (!isMap<Node, Node | null>(node))
    return { kind: 'scalar', value: scalarValue(reading, node, place), place };
  const entries = new Map<string, LocatedEntry>();
  for (const { key, value } of node.items) {
    const keyPlace = key.range ? reading.placeAt(key.range[0]) : place;
    const where = formatPlace(keyPlace);
    if (!isScalar(key)) reading.mistakes.push({ where, expected: 'a plain key', got: 'a list or mapping' });
    else if (entries.has(String(key.value)))
      reading.mistakes.push({
        where,
        expected: 'every key once',
        got: `a second ${shown(String(key.value))}`,
      });
    else entries.set(String(key.value), { keyPlace, value: locatedNode(reading, value, keyPlace) });
  }
  return { kind: 'mapping', entries, place };
}

function scalarValue(reading: Reading, node: Node, place: Place): string | number | boolean | null {
  const value = isScalar(node) ? node.value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  reading.mistakes.push({
    where: formatPlace(place),
    expected: 'text, a number, true, false or null',
    got: `a value of another type (${typeof value})`,
  });
  return null;
}
