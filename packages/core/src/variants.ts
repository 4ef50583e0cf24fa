import * as z from 'zod';

/** A member of a family: the schema of its options, in which the tag is the member's name, and what it makes of them. */
interface Variant {
  readonly schema: z.ZodObject;
  readonly create: (options: never) => unknown;
}
type Members = Readonly<Record<string, Variant>>;

/** A family of things that are told apart by a tag of their options, such as solvers, objectives and recipes. */
export interface Variants<Tag extends string, Family extends Members> {
  /** Options of any member. */
  readonly schema: z.ZodDiscriminatedUnion<readonly Family[keyof Family]['schema'][], Tag>;
  /** What each member says of itself, by name. */
  readonly members: Family;
  /** What the member that the options name makes of them. */
  readonly create: (
    options: z.output<Family[keyof Family]['schema']>,
  ) => ReturnType<Family[keyof Family]['create']>;
}

/**
 * A family from its members: a new one is its file and its row.
 * @throws RangeError if there is no member, or one whose schema does not name it
 */
export function variants<const Tag extends string, Family extends Members>(
  tag: Tag,
  members: Family,
): Variants<Tag, Family> {
  const [first, ...others] = Object.entries(members).map(([name, { schema }]) => schemaOf(schema, tag, name));
  if (first === undefined) throw new RangeError('variants: expected a member, got none.');
  type Made = Variants<Tag, Family>;
  const schema: z.ZodType = z.discriminatedUnion(tag, [first, ...others]);
  return {
    schema: schema as Made['schema'], // a record's values have no order, which a union's type asks for
    members,
    // A name and its options belong together, which TypeScript follows through a generic but not through a union.
    create: (options) => {
      const name: unknown = (options as Readonly<Record<string, unknown>>)[tag];
      return members[String(name)]?.create(options as never) as ReturnType<Made['create']>;
    },
  };
}

function schemaOf(schema: z.ZodObject, tag: string, name: string): z.ZodObject {
  const literal: unknown = schema.shape[tag];
  if (literal instanceof z.ZodLiteral && literal.value === name) return schema;
  throw new RangeError(`variants: expected the ${tag} "${name}" in its schema, got another.`);
}
