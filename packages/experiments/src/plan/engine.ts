import { createRequire } from 'node:module';
import type { EngineName } from '@im-bert/jit';
import { amplifiesRounding, type ConnectionSpec } from '@im-bert/models';

/** An engine and its version, as far as numbers depend on it. */
export interface EngineIdentity {
  readonly name: EngineName;
  readonly version: string;
}

const libraries = { onnx: 'onnxruntime-node', tfjs: '@tensorflow/tfjs-core' } as const;

/** The engine of that name, with the version of the library that computes. */
export function engineIdentity(name: EngineName): EngineIdentity {
  const jit = createRequire(import.meta.url)('@im-bert/jit/package.json') as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return { name, version: jit.dependencies[libraries[name]] ?? 'unknown' };
}

/**
 * The engine, for a connection whose results depend on it: the paper's descent amplifies rounding so much that other sums
 * flip predictions. All else agrees within rounding.
 */
export function engineOf(
  connection: ConnectionSpec,
  engine: EngineIdentity,
): { readonly engine?: EngineIdentity } {
  return amplifiesRounding(connection) ? { engine } : {};
}
