import { sizeOf } from '@im-bert/core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import { classifierShapes } from '../config/parameter-shapes.ts';

/**
 * Number of a classifier's parameters: 109,483,778 for BERT-base with two labels (109.48M in Table 3), 355,361,794 for
 * RoBERTa-large (355.36M in Table 6). Connections add none.
 */
export function parameterCount(config: EncoderConfig, labels: number): number {
  return Object.values(classifierShapes(config, labels)).reduce((total, shape) => total + sizeOf(shape), 0);
}
