import { readFile, stat } from 'node:fs/promises';

const file = new URL('../bin/im-bert.js', import.meta.url);

/** npm links the file itself as the command: without its first line a shell runs the JavaScript (7db3eaf lost it). */
test('the file of the command is executable and names Node in its first line', async () => {
  const [first] = (await readFile(file, 'utf8')).split('\n');
  expect(first).toMatch(/^#!\/usr\/bin\/env -S (\w+=\d+ )*node$/);
  expect((await stat(file)).mode & 0o111).toBe(0o111);
});
