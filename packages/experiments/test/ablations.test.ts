import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadExperiment } from '@im-bert/experiments';
import ablation from '../src/generators/ablation.ts';
import { command } from './support/command.ts';
import { withFiles } from './support/files.ts';
import { planOf } from './support/plans.ts';

const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'ablations.md'), 'utf8');
const yaml = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
const commands = [...page.matchAll(/```sh\nim-bert (.*)\n```/g)].map(([, words = '']) => words.split(' '));

interface Invocation {
  readonly name: string;
  readonly vary: string;
  readonly values: string;
  readonly directory: string;
}

/** What the page's `nx g` line asks of the generator. */
function invocation(): Invocation {
  const [, name = '', rest = ''] = /npx nx g @im-bert\/experiments:ablation (\S+) (.*)/.exec(page) ?? [];
  const options = rest.split(' ').map((word) => word.slice('--'.length).split('='));
  return { name, ...(Object.fromEntries(options) as Omit<Invocation, 'name'>) };
}

function treeOf(files: Record<string, string>): Parameters<typeof ablation>[0] {
  return {
    root: '/workspace',
    exists: (path: string): boolean => path in files,
    write: (path: string, text: string): void => {
      files[path] = text;
    },
  };
}

function generated(): Record<string, string> {
  const files: Record<string, string> = {};
  const tree = treeOf(files);
  ablation(tree, invocation());
  expect(() => {
    ablation(tree, invocation());
  }).toThrow('./steps.yaml: expected no file of that name, got one');
  return files;
}

test('the generator writes an ablation of ten lines that can be planned, and writes over none', async () => {
  const files = generated();
  expect(files['./steps.yaml']?.trim().split('\n').length).toBeLessThanOrEqual(11);
  await withFiles(files, async (folder) => {
    const loaded = await loadExperiment(join(folder, 'steps.yaml'), 'quick');
    const { rows } = await planOf(loaded);
    expect(rows.map(({ name }) => name)).toEqual(['BERT', 'IM-BERT, 1', 'IM-BERT, 3']);
  });
});

test('the generator takes a single value and an absolute folder of the workspace, and refuses one outside of it', () => {
  const files: Record<string, string> = {};
  const options = { name: 'one', vary: 'connection.solver.iterations', values: 1 };
  ablation(treeOf(files), { ...options, directory: '/workspace/mine' });
  expect(Object.keys(files)).toEqual(['mine/one.yaml']);
  expect(files['mine/one.yaml']).toContain('grid: { connection.solver.iterations: [1] }');
  for (const directory of ['/elsewhere', '../elsewhere'])
    expect(() => {
      ablation(treeOf(files), { ...options, directory });
    }).toThrow(`--directory=${directory}: expected a folder inside the workspace, got one outside of it.`);
});

test("the page's commands do what it says, and a model that is scored twice is trained once", async () => {
  expect(commands.map(([verb]) => verb)).toEqual(['plan', 'run', 'report']);
  await withFiles({ 'steps.yaml': yaml }, async (folder) => {
    const outputs: string[] = [];
    for (const words of commands) {
      const { code, stdout, stderr } = await command(words, folder);
      expect({ words, code, stderr: code === 0 ? '' : stderr }).toEqual({ words, code: 0, stderr: '' });
      outputs.push(stdout);
    }
    const [plan = '', , report = ''] = outputs;
    expect(plan).toContain(/```\n(5 cells.*)\n```/.exec(page)?.[1]);
    for (const name of ['BERT', 'trained T=1, tested T=3', 'trained T=3, tested T=3'])
      expect(report).toContain(`**${name}**`);
    expect(report).toContain('residual reached');
    // The page is worth reading only if its models learn: two classes, so guessing has 50.
    const clean = [...report.matchAll(/^\| \*\*.*?\*\* +\|(?:[^|]+\|){2} +([\d.]+) \|/gm)].map(([, score]) =>
      Number(score),
    );
    expect(clean).toHaveLength(5);
    for (const score of clean) expect(score).toBeGreaterThan(80);
    expect(await trainingSteps(folder)).toBe(3 * 2 * 30);
  });
}, 120_000);

/** Steps of training that the run's log has: 240 examples in batches of 8 are 30 an epoch. */
async function trainingSteps(folder: string): Promise<number> {
  const logs = join(folder, 'runs', 'steps', 'quick', 'logs');
  const texts = await Promise.all(
    (await readdir(logs)).map(async (name) => readFile(join(logs, name), 'utf8')),
  );
  return texts
    .join('')
    .split('\n')
    .filter((line) => line.includes('"event":"step"')).length;
}
