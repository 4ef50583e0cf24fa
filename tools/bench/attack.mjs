// Attacks SST-2 sentences, or the first 100 words of IMDB reviews, with TextFooler on a classifier with random weights (12 layers of 384), the pretrained
// all-MiniLM-L6-v2 (6 layers) as sentence encoder: where the process's CPU time goes. One sentence at a time, so that
// nothing else runs while the victim or the encoder works; the processor's other load does not count.
//
//   node tools/bench/attack.mjs HUB [TEXTS] [sst2|imdb]      HUB is a folder in the hub's layout; build first (npm run build)
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  attackSchema,
  classifierVictim,
  createAttack,
  loadWordVectors,
  meanPoolingEncoder,
  runAttacks,
  winkTagger,
} from '@im-bert/attacks';
import { loadTokenizer, openDataStore, resolveHub } from '@im-bert/data';
import { createEngine } from '@im-bert/jit/node';
import { monotoneConnection, createExecutor, loadModel } from '@im-bert/models';
import { randomCase } from './random-case.mjs';

const [folder, texts = '5', task = 'sst2'] = process.argv.slice(2);
if (folder === undefined) {
  console.error("attack.mjs: expected a folder in the hub's layout, got none.");
  process.exit(1);
}

/** The same async function, and the CPU seconds of the process while it works, all threads. */
function metered(work) {
  const meter = { seconds: 0, inputs: 0 };
  const call = async (inputs) => {
    const before = process.cpuUsage();
    const outputs = await work(inputs);
    meter.seconds += cpuSeconds(before);
    meter.inputs += inputs.length;
    return outputs;
  };
  return [call, meter];
}

function cpuSeconds(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const temporary = await mkdtemp(join(tmpdir(), 'im-bert-attack-'));
const hub = await resolveHub({ folder });
const store = await openDataStore(join(temporary, 'data.duckdb'));
await store.ensure(task, hub);
const firstWords = (text) => text.split(/\s+/).slice(0, 100).join(' ');
const chosen = (await store.examples(task, 'validation'))
  .slice(0, Number(texts))
  .map((example) => ({ ...example, texts: example.texts.map(firstWords) }));
store.close();
await rm(temporary, { recursive: true });

const files = await hub.model('sentence-transformers/all-MiniLM-L6-v2');
const tokenizer = await loadTokenizer(files);
const engine = await createEngine('onnx', { threads: 1 });
const sentenceModel = await loadModel(files, { labels: 2, connection: monotoneConnection, seed: 0 });
const sentence = meanPoolingEncoder({ engine, model: sentenceModel, tokenizer, maxLength: 256 });
const { model } = randomCase({
  ...{ layers: 12, width: 384, heads: 12, feedForwardWidth: 1536 },
  ...{ batch: 1, length: 8 },
});
const executor = createExecutor(engine, model);
const classify = classifierVictim({ executor, model, tokenizer, maxLength: 128 });
// Labels are the victim's own answers, so that every sentence is attacked.
const answers = await classify(chosen.map(({ texts }) => texts));
const examples = chosen.map((example, index) => ({
  ...example,
  label: answers[index].indexOf(Math.max(...answers[index])),
}));

for (const variant of ['textattack', 'original']) {
  const spec = attackSchema.parse({ name: 'textfooler', variant, minimumWordCosine: 0.7 });
  for (const withEncoder of [true, false]) {
    // Anew for each run: both remember words.
    const vectors = await loadWordVectors(join(folder, 'vectors', 'counter-fitted-glove-100d.txt.gz'));
    const attack = createAttack(spec, { vectors, tag: winkTagger() });
    const [victim, asked] = metered(classify);
    const [encode, encoded] = metered(sentence.encode);
    const before = process.cpuUsage();
    const { records } = await runAttacks({
      ...{ victim, attack, examples, seed: 1, concurrency: 1 },
      ...(withEncoder ? { encoder: encode } : {}),
    });
    const all = cpuSeconds(before);
    const share = (seconds) => `${((100 * seconds) / all).toFixed(1)} %`;
    const queries = records.reduce((sum, record) => sum + record.queries, 0);
    console.log(
      `${variant}, ${withEncoder ? 'with encoder' : 'no encoder'}: ${all.toFixed(2)} CPU s; ` +
        `victim ${share(asked.seconds)}, sentence encoder ${share(encoded.seconds)}, ` +
        `elsewhere ${share(all - asked.seconds - encoded.seconds)}; ${queries} queries, ` +
        `${asked.inputs} texts to the victim, ${encoded.inputs} to the encoder; ` +
        `${records.filter(({ status }) => status === 'success').length} of ${records.length} fooled`,
    );
  }
}
await executor.dispose();
await sentence.dispose();
await engine.dispose();
