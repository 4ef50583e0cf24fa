import { main } from '@im-bert/experiments';
import { command } from './support/command.ts';
import { withFiles } from './support/files.ts';

test('im-bert attack shows a live attack on one sentence, on a fresh machine', async () => {
  await withFiles({}, async (folder) => {
    const sentence = 'the story is wonderful and the cast is superb';
    const { code, stdout, stderr } = await command(['attack', sentence], folder);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`Before  ${sentence}`);
    expect(stdout).toMatch(/After {3}.*\[\[\w+\]\]/);
    expect(stdout).toMatch(/\d+ of 9 words changed, \d+ queries .*attack deepwordbug, seed 1\.\n$/);
  });
}, 60_000);

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
  [['attack', 'a', '--model=nowhere'], /nowhere.config\.json: expected a readable file, got none/],
])('im-bert %j is answered in one line', async (words, line) => {
  let stderr = '';
  expect(await main(words, { error: (text) => void (stderr += text) })).toBe(1);
  expect(stderr.trimEnd()).toMatch(line);
});
