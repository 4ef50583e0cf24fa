import * as z from 'zod';
import { type Mistake, UserError } from './errors.ts';
import { alternatives, type Expectation, expectation, oneOf } from './expectation.ts';
import {
  formatPath,
  formatPlace,
  keyPlaceOf,
  type Located,
  type Path,
  placeOf,
  plainValue,
} from './located.ts';
import { shown } from './shown.ts';

type Issue = z.core.$ZodIssue;

/** What zod knows while it raises an issue and drops from the finished one; `annotate` keeps it. */
interface Notes {
  /** Set where the schema's author gave no message of their own. */
  readonly plain?: true;
  /** Set where a number's schema takes whole ones only. */
  readonly whole?: true;
  /** The keys that the mapping may have, at an unknown key. */
  readonly allowed?: readonly string[];
}
type NotedIssue = Issue & Notes;

/** An issue on its own, with the words for it. */
interface Finding extends Expectation {
  readonly path: Path;
  readonly got: string;
  /** Point at the key instead of the value. */
  readonly atKey?: boolean;
}

/** An error map for the sake of its side effect: zod copies an issue's own properties, and drops the schema. */
const annotate: z.core.$ZodErrorMap = (issue) => {
  issue['plain'] = true;
  if (issue.inst instanceof z.ZodNumberFormat && issue.inst.format?.includes('int') === true)
    issue['whole'] = true;
  if (issue.code === 'unrecognized_keys') issue['allowed'] = allowedKeys(issue.inst);
  return undefined;
};

function allowedKeys(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum)
    return schema.keyType.options.map(String);
  return [];
}

/**
 * Checks a document against a schema and fills in its defaults.
 *
 * A refinement's message is written as what is expected ("a range such as 4-6"), because it is shown as
 * `expected <message>, got <value>`. So is a format's: where text may be `all` or match a pattern, zod reports the
 * pattern alone, so give the pattern a message that names both.
 * @throws UserError with one line `file:line:column path: expected ..., got ..., did you mean "..."?` for every fault
 */
export function validate<Schema extends z.ZodType>(schema: Schema, document: Located): z.output<Schema> {
  const result = schema.safeParse(plainValue(document), { error: annotate, reportInput: true });
  if (result.success) return result.data;
  throw new UserError(
    result.error.issues.flatMap((issue) => findings(issue, [])).map((finding) => mistake(document, finding)),
  );
}

function mistake(document: Located, { path, atKey, expected, got, nearest }: Finding): Mistake {
  const place = atKey === true ? keyPlaceOf(document, path) : placeOf(document, path);
  return { where: [formatPlace(place), formatPath(path)].join(' ').trim(), expected, got, nearest };
}

function findings(issue: NotedIssue, prefix: Path): readonly Finding[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const got = shown(issue.input);
  if (issue.plain !== true) return [{ path, got, expected: issue.message }];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key],
      got: `unknown key ${shown(key)}`,
      atKey: true,
      ...oneOf(issue.allowed ?? [], key),
    }));
  if (issue.code === 'invalid_union') return unionFindings(issue, path);
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => keyFindings(inner, path));
  if (issue.whole === true && issue.code === 'invalid_type')
    return [{ path, got, expected: 'a whole number' }];
  return [{ path, got, ...expectation(issue) }];
}

function keyFindings(issue: NotedIssue, path: Path): readonly Finding[] {
  return findings(issue, []).map((finding) => ({ ...finding, path, atKey: true, got: `key ${finding.got}` }));
}

/** The mistakes of the branch that was most likely meant; where no branch comes near, one that names them all. */
function unionFindings(
  issue: Extract<NotedIssue, { code: 'invalid_union' }>,
  path: Path,
): readonly Finding[] {
  if (issue.inclusive === false)
    return [{ path, got: shown(issue.input), expected: 'a value of one kind only' }];
  if (issue.discriminator !== undefined) {
    const tag = isRecord(issue.input) ? issue.input[issue.discriminator] : undefined;
    return [{ path, got: shown(tag), ...oneOf(issue.options ?? [], tag) }];
  }
  const branches = issue.errors.map((errors) => errors.flatMap((inner) => findings(inner, path)));
  const inside = branches.filter((branch) => branch.some((finding) => finding.path.length > path.length));
  const [likely] = inside.sort((a, b) => a.length - b.length);
  if (likely !== undefined) return likely;
  const words = branches.flat();
  const nearest = words.find((finding) => finding.nearest !== undefined)?.nearest;
  return [
    { path, got: shown(issue.input), expected: alternatives(words.map(({ expected }) => expected)), nearest },
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
