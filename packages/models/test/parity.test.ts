import { loadModel, openSafetensors, writeSafetensors } from '@im-bert/models';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largestDifference } from './support/batches.ts';
import { forward } from './support/eager.ts';
import { expectedOf, fixture, readAll } from './support/fixtures.ts';
import { ruledMasks } from './support/ruled-masks.ts';

test.each(['bert', 'roberta', 'mpnet', 'bert-f16', 'bert-bf16'])(
  'the %s checkpoint gives the logits that transformers gives, padding and token types included',
  async (name) => {
    const { inputs, logits } = await expectedOf(name);
    const model = await loadModel(fixture(name), { seed: 1 });
    expect(model.initialised).toEqual([]);
    expect(largestDifference(forward(model, inputs).logits, logits)).toBeLessThan(1e-5);
  },
);

test.each(['bert', 'roberta', 'mpnet'])('%s drops out where transformers does', async (name) => {
  const { inputs, logits, logitsWithDropout } = await expectedOf(name);
  const model = await loadModel(fixture(name), { seed: 1 });
  const dropped = forward(model, inputs, ruledMasks(model, 3, inputs.ids.shape[1] ?? 0)).logits;
  expect(largestDifference(dropped, logitsWithDropout)).toBeLessThan(1e-5);
  expect(largestDifference(logits, logitsWithDropout)).toBeGreaterThan(0.01);
});

test.each([
  ['bert-f16', 'F16'],
  ['bert-bf16', 'BF16'],
])('the weights of %s are stored as %s', async (name, dtype) => {
  const file = await openSafetensors(join(fixture(name), 'model.safetensors'));
  expect(new Set([...file.entries.values()].map((entry) => entry.dtype))).toEqual(new Set([dtype]));
  await file.close();
});

test('a checkpoint of the encoder alone, without prefix, pooler and classifier, loads the same encoder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-models-'));
  try {
    const tensors = await readAll(join(fixture('bert'), 'model.safetensors'));
    const encoder = Object.entries(tensors).filter(([name]) => !/pooler|classifier/.test(name));
    const bare = encoder.map(([name, value]) => [name.replace(/^bert\./, ''), value] as const);
    await writeSafetensors(join(folder, 'model.safetensors'), Object.fromEntries(bare));
    await copyFile(join(fixture('bert'), 'config.json'), join(folder, 'config.json'));
    const loaded = await loadModel(folder, { seed: 1, labels: 3 });
    const head = ['pooler.dense.weight', 'pooler.dense.bias', 'classifier.weight', 'classifier.bias'];
    expect(loaded.initialised).toEqual(head);
    const { inputs, logits } = await expectedOf('bert');
    const original = await loadModel(fixture('bert'), { seed: 1 });
    const rejoined = { ...loaded, parameters: { ...original.parameters, ...loaded.parameters } };
    for (const name of head) Object.assign(rejoined.parameters, { [name]: original.parameters[name] });
    expect(largestDifference(forward(rejoined, inputs).logits, logits)).toBeLessThan(1e-5);
    expect(largestDifference(forward(loaded, inputs).logits, logits)).toBeGreaterThan(0.1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
