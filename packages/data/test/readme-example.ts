import {
  embeddedCorpus,
  embeddedTokenizer,
  encodeExamples,
  loadTokenizer,
  makeBatches,
  openDataStore,
  resolveHub,
} from '@im-bert/data';

/** A synthetic task as batches: 1,600 examples in 100 batches of 16 rows. */
export function syntheticBatches(): string {
  const { train, adversarial } = embeddedCorpus('sst2', { seed: 1 });
  const batches = makeBatches(encodeExamples(embeddedTokenizer('bert'), train, 64), { batchSize: 16 });
  // 1600 examples, 100 batches of 16 x 16, a twin by synthetic-paraphrase
  const shape = batches[0]?.ids.shape.join(' x ') ?? '';
  const method = adversarial[0]?.method ?? '';
  return `${String(train.length)} examples, ${String(batches.length)} batches of ${shape}, a twin by ${method}`;
}

/** AdvGLUE's dev examples of SST-2 as ids: 148, each with its level and method. */
export async function realAdversarial(folder: string, storePath: string): Promise<string> {
  const hub = resolveHub({ folder }); // resolveHub() asks the cache and the network alone
  const store = await openDataStore(storePath);
  await store.ensure('sst2', hub);
  const examples = await store.examples('sst2', 'adversarial');
  store.close();
  const tokenizer = await loadTokenizer(await hub.model('sentence-transformers/all-MiniLM-L6-v2'));
  const [first] = encodeExamples(tokenizer, examples, 128);
  // 148 examples, the first of 27 tokens, advglue/dev/sst2/0
  return `${String(examples.length)} examples, the first of ${String(first?.ids.length)} tokens, ${first?.id ?? ''}`;
}
