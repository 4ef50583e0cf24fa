import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './support/command.ts';
import { withFiles } from './support/files.ts';

test("the README's own table runs as it stands there", async () => {
  const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const yaml = /```yaml\n([^]*?)```/.exec(readme)?.[1] ?? '';
  await withFiles({ 'steps.yaml': yaml }, async (folder) => {
    const { code, stdout } = await command(['run', 'steps.yaml'], folder);
    expect(code).toBe(0);
    for (const row of ['BERT', 'IM-BERT T=1', 'IM-BERT T=5']) expect(stdout).toContain(`**${row}**`);
    const report = await readFile(join(folder, 'runs', 'steps', 'quick', 'report.md'), 'utf8');
    expect(report).toContain('# How many steps does the descent need?');
  });
}, 60_000);
