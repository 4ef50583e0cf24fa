import type { Family } from '../config/encoder-config.ts';

/**
 * A checkpoint's name as this package uses it: without the `bert.` or `roberta.` prefix, and with `weight` and `bias` for
 * the `gamma` and `beta` of old files.
 */
export function nameFromCheckpoint(name: string): string {
  return name
    .replace(/^(bert|roberta)\./, '')
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}

/** The name under which transformers' sequence classifiers look for a parameter: all but the classifier has the prefix. */
export function nameInCheckpoint(family: Family, name: string): string {
  return name.startsWith('classifier.') ? name : `${family}.${name}`;
}
