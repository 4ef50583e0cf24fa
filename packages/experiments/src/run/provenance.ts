import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What produced a result. */
export interface Provenance {
  /** Versions of Node.js, of this package and of what computes, as JSON. */
  readonly versions: string;
  /** The commit of the checkout, with "+" if it had changes; null outside of one. */
  readonly commit: string | null;
  readonly machine: string;
}

/** Processor, cores and memory: `AMD EPYC 9B45, 2 cores, 23 GiB, linux x64`. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${processors.length} cores, ${memory} GiB, ${platform()} ${arch()}`;
}

const packageRoot = join(import.meta.dirname, '..', '..');

async function git(...options: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', [
      '--no-optional-locks',
      '-C',
      packageRoot,
      ...options,
    ]);
    return stdout.trim();
  } catch {
    return null; // no git, or no checkout: an installed package
  }
}

async function commit(): Promise<string | null> {
  const [head, changes] = await Promise.all([
    git('rev-parse', '--short=12', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  return head === null ? null : `${head}${changes === '' ? '' : '+'}`;
}

async function versions(): Promise<string> {
  const own = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const { default: onnx } = await import('@im-bert/jit/package.json', { with: { type: 'json' } });
  return JSON.stringify({ node: process.versions.node, experiments: own.version, ...onnx.dependencies });
}

/** Where this process runs and from what. */
export async function provenance(): Promise<Provenance> {
  const [versionText, commitText] = await Promise.all([versions(), commit()]);
  return { versions: versionText, commit: commitText, machine: describeMachine() };
}
