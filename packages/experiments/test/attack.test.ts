import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WriteStream } from 'node:tty';
import { DuckDBInstance } from '@duckdb/node-api';
import { main } from '@im-bert/experiments';
import { showsColours } from '../src/commands/attack-text.ts';
import { command } from './support/command.ts';
import { withFiles } from './support/files.ts';
import { writeTinyModel } from './support/model-folder.ts';

test("the README's attack fools a model on a fresh machine, and says what that model is", async () => {
  const readme = await readFile(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');
  const sentence = /`npx im-bert attack "([^"]+)"`/.exec(readme)?.[1] ?? '';
  await withFiles({}, async (folder) => {
    const { code, stdout, stderr } = await command(['attack', sentence], folder);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`Before  ${sentence}`);
    expect(stdout).toMatch(/positive 9\d\.\d % \(a small model of synthetic SST-2\)/);
    expect(stdout).toMatch(/After {3}.*\[\[\w+\]\]/);
    expect(stdout).toMatch(/Success: .* 1 of 6 words changed, \d+ queries .*attack deepwordbug, seed 1\.\n$/);
  });
}, 60_000);

/** Reviews of the words that the tiny tokenizer knows, as the hub has IMDB. */
async function writeReviews(hub: string): Promise<void> {
  const folder = join(hub, 'datasets', 'stanfordnlp', 'imdb', 'plain_text');
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const split of ['train', 'test'])
    await connection.run(
      `copy (select 'the film is ' || if(i % 2 = 0, 'bad', 'good') as text, i % 2 as label from range(40) rows(i))
       to '${join(folder, `${split}-00000-of-00001.parquet`)}' (format parquet)`,
    );
  connection.closeSync();
  instance.closeSync();
}

test('where the hub has encoder and data, the attack is on a real model, with its accuracy beside it', async () => {
  await withFiles({}, async (folder) => {
    await writeTinyModel(folder, 'sentence-transformers/all-MiniLM-L6-v2');
    await writeReviews(folder);
    const words = ['attack', 'the film is good', '--task=imdb', `--hub=${folder}`];
    const { code, stdout, stderr } = await command(words, folder);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/fine-tuning sentence-transformers.all-MiniLM-L6-v2 on 40 examples of IMDB/);
    expect(stdout).toMatch(/% \(sentence-transformers.*, fine-tuned: \d+ % right on held-out IMDB\)/);
  });
}, 60_000);

test('NO_COLOR is heeded', () => {
  const terminal = Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY: true });
  const environment = { TERM: 'xterm-256color' };
  expect(showsColours(terminal, environment)).toBe(true);
  expect(showsColours(terminal, { ...environment, NO_COLOR: '1' })).toBe(false);
});

test.each([
  [
    ['attack', 'a', '--recipe=textfooler'],
    /^--recipe=textfooler: expected word vectors .*, got none\. .*deepwordbug/,
  ],
  [
    ['attack', 'a', '--recipe=textfoler'],
    /--recipe: expected .*, got "textfoler", did you mean "textfooler"\?$/,
  ],
  [['attack', 'a', '--task=rte'], /^--task=rte: expected a sentence1 and a sentence2, got 1 texts\.$/],
  [['attack', 'a', 'b', 'c', '--task=rte'], /^--task=rte: expected .*, got 3 texts\.$/],
  [['attack', ' '], /^im-bert attack: expected a text with a word, got " "\.$/],
  [['attack', 'a', '--label=postive'], /^--label: expected .*, did you mean "positive"\?$/],
  [['attack', 'a', '--hub=nowhere'], /^hub nowhere: expected a readable folder/],
  [
    ['attack', 'a', '--recipe=deepwordbug', '--vectors=some.txt'],
    /^--vectors=some\.txt: expected no vectors for deepwordbug, got a file that it would not read\.$/,
  ],
  [['attack', 'a', '--model=nowhere'], /nowhere.config\.json: expected a readable file, got none/],
])('im-bert %j is answered in one line', async (words, line) => {
  let stderr = '';
  expect(await main(words, { error: (text) => void (stderr += text) })).toBe(1);
  expect(stderr.trimEnd()).toMatch(line);
});
