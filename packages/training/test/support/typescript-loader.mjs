import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

// Lets a child process of a test read our sources as Jest does: without a build, on a Node that knows no TypeScript.
if (isMainThread) register(import.meta.url);

/** A loader hook: TypeScript to JavaScript by swc. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } };
  return { format: 'module', shortCircuit: true, source: (await transform(source, options)).code };
}
