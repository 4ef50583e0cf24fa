import { UserError } from '@im-bert/core/errors';
import * as tf from '@tensorflow/tfjs-core';
import { verifyGraph } from '../graph/verify.ts';
import type { Graph } from '../graph/value.ts';
import { enableSecondOrderGradients } from '../gradients/second-order.ts';
import { isHostTensor } from '../host/host-tensor.ts';
import { flatten, isTensor, mapTree, type TreeShape } from '../tree.ts';
import { Recorder } from './recorder.ts';
import { backendName, registerKernels } from './register-kernels.ts';

/** A function as a graph: one input per leaf of its arguments, one output per leaf of its result, in `flatten`'s order. */
export interface Trace {
  readonly graph: Graph;
  /** The result's tree, its leaves numbered as the graph's outputs. */
  readonly result: TreeShape;
}

/** A function to trace, its types forgotten: it takes and gives trees of tensors. */
export type Traceable = (...args: readonly never[]) => unknown;

/** Runs `body` with the recorder as tfjs's backend, and brings back the one that was active (or none). */
function withBackend<Result>(recorder: Recorder, body: () => Result): Result {
  const before = tf.getBackend() as string | null | undefined;
  if (before === backendName)
    throw new UserError({
      where: 'jit',
      expected: 'no trace under way',
      got: 'a call of a compiled function inside a traced one',
      remedy: 'Call the plain function there; the outer trace compiles it too.',
    });
  tf.registerBackend(backendName, () => recorder);
  try {
    void tf.setBackend(backendName); // takes effect at once: the factory is synchronous
    return body();
  } finally {
    tf.removeBackend(backendName);
    if (before !== undefined && before !== null && before !== '') void tf.setBackend(before);
  }
}

function placeholders(recorder: Recorder, args: readonly unknown[]): readonly unknown[] {
  const paths = flatten(args, isHostTensor, '').map(({ path }) => `arg${path}`);
  let next = 0;
  const make = (leaf: unknown): tf.Tensor => {
    const path = paths[next] ?? '';
    next += 1;
    if (!isHostTensor(leaf)) throw new Error(`jit: argument ${path} is not a host tensor`); // checked before
    const value = recorder.graph.input(path, leaf.dtype, leaf.shape);
    return tf.engine().makeTensorFromTensorInfo(recorder.handle(value), recorder);
  };
  return args.map((arg) => mapTree(arg, isHostTensor, make));
}

function wrongResult(name: string, path: string, leaf: unknown): UserError {
  const isPromise = leaf instanceof Promise;
  // what it rejects with later (a read of a value, say) would otherwise end the process
  if (isPromise) leaf.catch(() => undefined);
  return new UserError({
    where: `jit "${name}" result${path === '' ? '' : ` at ${path}`}`,
    expected: 'a tensor, or lists and records of tensors',
    got: isPromise ? 'a promise' : leaf === null ? 'null' : typeof leaf,
    remedy: isPromise
      ? 'A traced function must be synchronous.'
      : 'Return only tensors; wrap numbers in tf.scalar.',
  });
}

function record(recorder: Recorder, name: string, fn: Traceable, args: readonly unknown[]): Trace {
  const call = fn as (...args: readonly unknown[]) => unknown;
  const result = call(...placeholders(recorder, args));
  const leaves = flatten(result, isTensor);
  const outputs = leaves.map(({ path, leaf }) => {
    if (!isTensor(leaf)) throw wrongResult(name, path, leaf);
    return { name: path === '' ? 'out' : `out.${path}`, value: recorder.valueFor(leaf) };
  });
  let next = 0;
  const shape = mapTree(result, isTensor, () => next++) as TreeShape;
  return { graph: recorder.graph.build(outputs), result: shape };
}

/** Runs `body` and disposes every tensor that it made; if it throws, also those that an unfinished gradient saved. */
function inScope<Result>(body: () => Result): Result {
  const engine = tf.engine();
  const isOutermost = engine.state.gradientDepth === 0;
  engine.startScope('jit');
  try {
    return body();
  } catch (error) {
    if (isOutermost)
      for (const node of (engine.state.activeTape as typeof engine.state.activeTape | null) ?? [])
        tf.dispose(node.saved ?? []);
    throw error;
  } finally {
    engine.endScope();
  }
}

function refuseLeaks(name: string, before: number): void {
  const leaked = tf.memory().numTensors - before;
  if (leaked > 0)
    throw new UserError({
      where: `jit "${name}"`,
      expected: 'a pure function: nothing that it makes outlives it but its result',
      got: `${leaked} tensor${leaked === 1 ? '' : 's'} kept by tf.keep or tf.variable`,
      remedy: 'Pass state in as arguments and return its new value.',
    });
}

/**
 * Records what `fn` does with arguments of these shapes and types (their values are not looked at).
 * @throws UserError if `fn` reads a value, uses a foreign tensor or a kernel without a lowering, or keeps tensors
 */
export function trace(name: string, fn: Traceable, args: readonly unknown[]): Trace {
  enableSecondOrderGradients();
  registerKernels();
  const recorder = new Recorder(name);
  return withBackend(recorder, () => {
    const before = tf.memory().numTensors;
    const result = inScope(() => record(recorder, name, fn, args));
    refuseLeaks(name, before);
    verifyGraph(result.graph);
    return result;
  });
}
