import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

test("the README's example prints what it says", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const promised = /prints `(.*?)`/.exec(readme)?.[1];
  const place = fileURLToPath(new URL(`readme-example-${String(process.pid)}.ts`, import.meta.url));
  const lines: unknown[][] = [];
  const log = console.log;
  console.log = (...values: unknown[]) => void lines.push(values);
  await writeFile(place, example);
  try {
    await import(place);
  } finally {
    await rm(place);
    console.log = log;
  }
  expect(lines).toHaveLength(1);
  expect(
    lines[0]?.map((value) => (Array.isArray(value) ? `[ ${value.join(', ')} ]` : String(value))).join(' '),
  ).toBe(promised);
});
