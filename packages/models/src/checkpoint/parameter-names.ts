import { type FamilyName, familyOf } from '../families/families.ts';

/**
 * A checkpoint's name as this package uses it: without the family's prefix, with BERT's names for the family's own, and
 * with `weight` and `bias` for the `gamma` and `beta` of old files.
 */
export function nameFromCheckpoint(family: FamilyName, name: string): string {
  const bare = name
    .replace(new RegExp(`^${family}\\.`), '')
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return familyOf({ family }).renamed.reduce(
    (renamed, [ours, theirs]) => renamed.replace(`.${theirs}.`, `.${ours}.`),
    bare,
  );
}

/** The name under which transformers' sequence classifiers look for a parameter: all but the classifier has the prefix. */
export function nameInCheckpoint(family: FamilyName, name: string): string {
  if (name.startsWith('classifier.')) return name;
  return familyOf({ family }).renamed.reduce(
    (renamed, [ours, theirs]) => renamed.replace(`.${ours}.`, `.${theirs}.`),
    `${family}.${name}`,
  );
}
