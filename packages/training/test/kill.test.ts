import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Trains in the folder in a process of its own; kills it with SIGKILL once it says that it did step `killAfter`. */
async function trainIn(folder: string, objective: string, killAfter: number | null): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@im-bert/source',
      '--import',
      place('../../../tools/jest/typescript-hooks.mjs'),
      place('./support/train-child.ts'),
      folder,
      objective,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  let last = '';
  for await (const line of createInterface(child.stdout)) {
    last = line;
    if (line === String(killAfter)) child.kill('SIGKILL');
  }
  return last;
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'im-bert-kill-'));

// 12 steps, a checkpoint every 2 and after each epoch of 6: killed before the first checkpoint, right after one, between
// two, and around the end of an epoch. The others remember a model (smart-paper), train weights of their own (infobert) and
// draw at random (freelb).
test.each([
  ['standard', [0, 3, 5, 10]],
  ['smart-paper', [3, 6]],
  ['infobert', [3, 6]],
  ['freelb', [5]],
])(
  'a run by %s that is killed again and again ends with the same bits as one that never was',
  async (objective, kills) => {
    const [whole, cut] = await Promise.all([
      newFolder().then((folder) => trainIn(folder, objective, null)),
      newFolder().then(async (folder) => {
        for (const killAfter of kills) await trainIn(folder, objective, killAfter);
        return trainIn(folder, objective, null);
      }),
    ]);
    expect(whole).toMatch(/^\{"weights":"[0-9a-f]{64}","steps":\[\{"step":0,/);
    expect(cut).toBe(whole);
  },
  300_000,
);
