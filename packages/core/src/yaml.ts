import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document } from 'yaml';
import { type Mistake, UserError } from './errors.ts';
import { formatPlace, type Located, type LocatedEntry, type Place } from './located.ts';

/** What the readers of one file's nodes share. */
interface Source {
  readonly document: Document;
  readonly placeAt: (offset: number) => Place;
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
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = hasCode(cause) ? String(cause.code) : 'an unreadable file';
    const known: Readonly<Record<string, string>> = {
      ENOENT: 'no such file',
      EISDIR: 'a folder',
      EACCES: 'a file without read permission',
    };
    throw new UserError({ where: path, expected: 'a YAML file', got: known[code] ?? code }, { cause });
  }
}

function hasCode(error: unknown): error is { readonly code: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error;
}

/**
 * Reads YAML text into a tree whose every value remembers its line and column.
 * @param source the file's name in error messages
 * @throws UserError if it is not one valid YAML document with unique keys, naming `source:line:column` of each fault
 */
export function parseYaml(text: string, source: string): Located {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { source, line, column: col };
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw new UserError(
      faults.map((fault) =>
        syntaxMistake(fault, formatPlace(placeAt(fault.pos[0])), text.slice(fault.pos[0])),
      ),
    );
  }
  return locatedNode({ document, placeAt }, document.contents, placeAt(0));
}

function syntaxMistake(fault: { code: string; message: string }, where: string, excerpt: string): Mistake {
  if (fault.code !== 'DUPLICATE_KEY')
    return { where, expected: 'valid YAML', got: `a fault: ${fault.message}` };
  const key = /^[^:\n]*/.exec(excerpt)?.[0].trim() ?? '';
  return { where, expected: 'every key once', got: key === '' ? 'a key twice' : `a second "${key}"` };
}

function locatedNode(source: Source, node: Node | null, fallback: Place): Located {
  if (node === null) return { kind: 'scalar', value: null, place: fallback };
  const place = node.range ? source.placeAt(node.range[0]) : fallback;
  if (isAlias(node)) return locatedNode(source, node.resolve(source.document) ?? null, place);
  if (isSeq<Node | null>(node))
    return { kind: 'list', items: node.items.map((item) => locatedNode(source, item, place)), place };
  if (isMap<Node, Node | null>(node)) {
    const entries = node.items.map(({ key, value }) => locatedEntry(source, key, value, place));
    return { kind: 'mapping', entries: new Map(entries), place };
  }
  return { kind: 'scalar', value: scalarValue(node, place), place };
}

function locatedEntry(
  source: Source,
  key: Node,
  value: Node | null,
  fallback: Place,
): readonly [string, LocatedEntry] {
  const keyPlace = key.range ? source.placeAt(key.range[0]) : fallback;
  if (!isScalar(key))
    throw new UserError({ where: formatPlace(keyPlace), expected: 'a plain key', got: 'a list or mapping' });
  return [String(key.value), { keyPlace, value: locatedNode(source, value, keyPlace) }];
}

function scalarValue(node: Node, place: Place): string | number | boolean | null {
  const value = isScalar(node) ? node.value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new UserError({
    where: formatPlace(place),
    expected: 'text, a number, true, false or null',
    got: `a value of another type (${typeof value})`,
  });
}
