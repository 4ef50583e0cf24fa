import { z } from 'zod';

/** A schema with the description of another. */
function describedAs<Schema extends z.ZodType>(schema: Schema, { description }: z.ZodType): Schema {
  return description === undefined ? schema : schema.describe(description);
}

/** A zod schema found inside another one, which the types know as the core's only. */
function inner(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodType) return schema;
  throw new TypeError('overlay: expected a schema of the classic API');
}

function objectOf(schema: unknown): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError('overlay: expected a union of mappings');
}

/** One of the kinds by its name, or keys of any one kind where the name is said below. */
function partialUnion(schema: z.ZodDiscriminatedUnion): z.ZodType {
  const { discriminator } = schema.def;
  const options = schema.options.map(objectOf);
  const named = options.map((option) =>
    overlay(option).extend({ [discriminator]: inner(option.shape[discriminator]) }),
  );
  const unnamed = options.map(({ shape }) => {
    const others = Object.entries(shape).filter(([key]) => key !== discriminator);
    return overlay(z.strictObject(Object.fromEntries(others)));
  });
  const [first, ...others] = named;
  if (first === undefined) return schema;
  return z.union([z.discriminatedUnion(discriminator, [first, ...others]), ...unnamed]);
}

function overlaid(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return describedAs(overlaid(inner(schema.unwrap())), schema);
  if (schema instanceof z.ZodDiscriminatedUnion) return describedAs(partialUnion(schema), schema);
  if (schema instanceof z.ZodObject) return overlay(schema);
  if (schema instanceof z.ZodRecord)
    return describedAs(z.partialRecord(schema.keyType, overlaid(inner(schema.valueType))), schema);
  return schema;
}

/**
 * What may be laid over a mapping of the schema: any part of it, so that every key is optional, at every level. Lists are
 * replaced whole, so their items are not partial. What only holds of the whole, such as a refinement, is not asked.
 */
export function overlay(schema: z.ZodObject): z.ZodObject {
  const entries = Object.entries(schema.shape).map(
    ([key, value]) => [key, overlaid(inner(value)).optional()] as const,
  );
  return describedAs(z.strictObject(Object.fromEntries(entries)), schema);
}
