import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs `body` with a folder that holds the files, and removes it afterwards. */
export async function withFiles<Result>(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'im-bert-experiments-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An experiment of one task and two rows, small enough to read. */
export const tinyTable = `
title: Tiny
baseline: BERT
tasks: [sst2]
rows:
  BERT: { encoder: bert, connection: { kind: monotone } }
  IM-BERT:
    encoder: bert
    connection: { kind: implicit, solver: { name: gradient-descent, iterations: 2, stepSize: 0.1 } }
profiles:
  quick:
    seeds: 1
    data: { source: embedded, train: 100, clean: 20 }
    encoders: { bert: { from: scratch, family: bert, layers: 2, width: 16, heads: 2 } }
    training: { maxLength: 32, epochs: 1, optimizer: { learningRate: 1.0e-3 } }
  small:
    encoders: { bert: { from: nowhere, reason: it is only a test } }
`;
