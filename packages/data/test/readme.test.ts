import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realAdversarial, syntheticBatches } from './readme-example.ts';
import { realFolder, realTest, temporaryFolder } from './support.ts';

const promises = [...(await text('./readme-example.ts')).matchAll(/^ {2}\/\/ (\d.*)$/gm)].map(
  ([, line]) => line,
);

function text(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8');
}

test("the README's example is the file that is tested here", async () => {
  expect(await text('../README.md')).toContain(await text('./readme-example.ts'));
});

test('its synthetic part gives what its comment says', () => {
  expect(syntheticBatches()).toBe(promises[0]);
});

realTest('its real part gives what its comment says', async () => {
  const place = join(await temporaryFolder('readme'), 'store.duckdb');
  expect(await realAdversarial(realFolder ?? '', place)).toBe(promises[1]);
});
