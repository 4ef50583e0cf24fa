import type { FloatTensor } from '@im-bert/core';
import type { EncoderConfig } from '../config/encoder-config.ts';
import type { ConnectionSpec } from '../connections/connections.ts';

/** All of a sequence classifier but its weights: what a compiled graph depends on. */
export interface Structure {
  readonly config: EncoderConfig;
  readonly connection: ConnectionSpec;
  /** C, number of classes. */
  readonly labels: number;
}

/** A sequence classifier. */
export interface Model extends Structure {
  /** By Hugging Face name, without the family's prefix, as BERT names them; weights are [out, in]. */
  readonly parameters: Readonly<Record<string, FloatTensor>>;
}
