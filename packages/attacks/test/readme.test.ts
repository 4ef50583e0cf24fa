import { readFile } from 'node:fs/promises';
import { attackPraiseCounter } from './readme-example.ts';

const text = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

test("the README's example is the file that is tested here, and gives what its comment says", async () => {
  const example = await text('./readme-example.ts');
  expect(await text('../README.md')).toContain(example);
  expect(await attackPraiseCounter()).toBe(/^ {2}\/\/ (good .*)$/m.exec(example)?.[1]);
});
