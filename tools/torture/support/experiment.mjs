import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const settings = `
title: Torture
baseline: BERT
tasks: [sst2]
seeds: 1
data: { source: embedded, train: 40, clean: 20 }
encoders: { bert: { from: scratch, family: bert, layers: 1, width: 8, heads: 2 } }
training: { maxLength: 16, epochs: 2, batchSize: 8, optimizer: { learningRate: 1.0e-3 } }
rows:
  BERT: { encoder: bert, connection: { kind: monotone } }
  IM-BERT:
    encoder: bert
    connection: { kind: implicit, solver: { name: gradient-descent, iterations: 2, stepSize: 0.1 } }
`;
const attack = `attack: { recipe: { name: deepwordbug }, examples: 10 }\n`;

/** The smallest experiments that have all that larger ones have: two cells, each trained in a few steps. */
export const tables = { plain: settings, attack: attack + settings };

/** A command that writes a checkpoint every other step. */
export const runWords = ['run', 'table.yaml', '--checkpoint-every=2'];

/** A new folder with the experiment in it. */
export async function newFolder(within, table = tables.plain) {
  await mkdir(within, { recursive: true });
  const folder = await mkdtemp(join(within, 'trial-'));
  await writeFile(join(folder, 'table.yaml'), table);
  return folder;
}

const adversarial = {
  ...{ idx: 0, label: 1, method: 'TextFooler', data_construction: 'word' },
  ...{ sentence1: 'a', sentence2: 'b', premise: 'a', hypothesis: 'b', question: 'a', sentence: 'b' },
  ...{ question1: 'a', question2: 'b' },
};

/** A hub's folder with a small RTE and AdvGLUE in it. */
export async function writeSmallHub(hub) {
  const glue = join(hub, 'datasets/nyu-mll/glue/rte');
  const advGlue = join(hub, 'adversarialglue.github.io/dataset');
  await Promise.all([glue, advGlue].map(async (folder) => mkdir(folder, { recursive: true })));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [split, rows] of Object.entries({ train: 20_000, validation: 2000 }))
    await connection.run(
      `copy (select 'first ' || i as sentence1, 'second ' || i as sentence2, i % 2 as label, i as idx
         from range(${rows}) r(i)) to '${join(glue, `${split}-00000-of-00001.parquet`)}' (format parquet)`,
    );
  connection.closeSync();
  instance.closeSync();
  const names = ['sst2', 'qqp', 'mnli', 'mnli-mm', 'qnli', 'rte'];
  const content = Object.fromEntries(names.map((name) => [name, [adversarial]]));
  await writeFile(join(advGlue, 'dev_ann.json'), JSON.stringify(content));
}
