// Writes the SST-2 examples of one seed of Table 1's small profile as JSON, for sst2_training.py (after `npm run build`):
//   node tools/parity/sst2_examples.mjs HUB SEED > examples.json
import { resolve } from 'node:path';
import { resolveHub } from '../../packages/data/dist/index.js';
import { openHubCorpus, sampleExamples } from '../../packages/experiments/dist/run/corpus.js';
import { splitTrainValidation } from '../../packages/training/dist/index.js';

const [folder, seedText] = process.argv.slice(2);
const seed = Number(seedText);
const corpus = await openHubCorpus(':memory:', resolveHub({ folder: resolve(folder) }));
await corpus.ensure('sst2');
const sampled = sampleExamples(await corpus.examples('sst2'), {
  task: 'sst2',
  seed,
  data: { train: 1000 },
  evaluation: { clean: 500 },
});
const { train, validation } = splitTrainValidation(sampled.train, 0.2, seed);
console.log(JSON.stringify({ train, validation, clean: sampled.clean, adversarial: sampled.adversarial }));
corpus.close();
