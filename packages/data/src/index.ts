export { type Batch, type BatchOptions, bucketsUpTo, makeBatches } from './batches.ts';
export { encodeExamples, type Encoded, type Example, type Level, levels, type Texts } from './example.ts';
export { type EmbeddedCorpus, embeddedCorpus } from './synthetic/embedded-corpus.ts';
export { type GlueTask, type Task, taskNames, tasks, type TaskSpec } from './tasks.ts';
export { embeddedTokenizer } from './tokenizers/embedded-tokenizer.ts';
export type { Encoding, Tokenizer } from './tokenizers/tokenizer.ts';
