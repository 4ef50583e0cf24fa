import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, readTable } from './readme-example.ts';

test("the README's example is the file that is tested here", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8');
  expect(readme).toContain(example);
});

test("the README's example does what its comments say", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-core-'));
  const table = join(folder, 'table.yaml');
  try {
    await writeFile(table, 'connection: implicit\n');
    expect(await readTable(table)).toBe('implicit, 2 epochs');
    await writeFile(table, 'connection: implict\n');
    expect(await readTable(table)).toBe(
      `${table}:1:13 connection: expected monotone, explicit or implicit, got "implict", did you mean "implicit"?`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(compare()).toBe(0.5);
});
