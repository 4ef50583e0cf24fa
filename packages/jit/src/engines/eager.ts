import { UserError } from '@im-bert/core/errors';
import type { HostTensor } from '@im-bert/core/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { buffersFor, leavesOf } from '../host/arguments.ts';
import { copyInto, isHostTensor } from '../host/host-tensor.ts';
import { type Compiled, jit } from '../jit.ts';
import { flatten, isTensor, type HostArguments, type HostTreeOf, mapTree } from '../tree.ts';

function upload(leaf: unknown): unknown {
  return isHostTensor(leaf) ? tf.tensor(leaf.data, [...leaf.shape], leaf.dtype) : leaf;
}

function resultTensor(name: string, leaf: unknown): tf.Tensor {
  if (isTensor(leaf)) return leaf;
  throw new UserError({
    where: `tfjs "${name}" result`,
    expected: 'a tensor, or lists and records of tensors',
    got: typeof leaf,
  });
}

async function download(tensor: tf.Tensor): Promise<HostTensor> {
  const data = await tensor.data();
  const { dtype, shape } = tensor;
  if (dtype === 'float32' && data instanceof Float32Array) return { dtype, shape, data };
  if (dtype === 'int32' && data instanceof Int32Array) return { dtype, shape, data };
  if (dtype === 'bool' && data instanceof Uint8Array) return { dtype, shape, data };
  throw new Error(`tfjs gave ${dtype} as ${data.constructor.name}`);
}

/** Runs the plain function on a backend, in a tidy of its own, and brings the result to the host. */
async function runEagerly(
  name: string,
  fn: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  into: unknown,
): Promise<unknown> {
  leavesOf(name, args);
  const trees: unknown[] = [];
  const tensors = tf.tidy(() => {
    const result = fn(...args.map((arg) => mapTree(arg, isHostTensor, upload)));
    trees.push(result);
    return flatten(result, isTensor).map(({ leaf }) => tf.keep(resultTensor(name, leaf)));
  });
  try {
    const hosts = await Promise.all(tensors.map(download));
    const outputs = flatten(trees[0], isTensor).map(({ path }, index) => ({
      name: path === '' ? 'out' : `out.${path}`,
      host: hosts[index],
    }));
    const buffers = buffersFor(
      name,
      outputs.flatMap(({ name: output, host }) => (host ? [{ name: output, value: host }] : [])),
      into,
    );
    let next = -1;
    return mapTree(trees[0], isTensor, () => {
      next += 1;
      const host = hosts[next];
      const buffer = buffers[next];
      return host && buffer ? copyInto(buffer, host) : host;
    });
  } finally {
    tf.dispose(tensors);
  }
}

/** `fn` on the backend named, with the face of a compiled function; its graph and model are those that `jit` would make. */
export function eager<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  name: string,
  backend: string,
): Compiled<Args, Out> {
  const traced = jit(fn, { name });
  let disposed = false;
  const run = async (args: readonly unknown[], into?: unknown): Promise<unknown> => {
    if (disposed)
      throw new UserError({
        where: `tfjs "${name}"`,
        expected: 'a compiled function in use',
        got: 'a call after dispose()',
      });
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    return runEagerly(name, fn as unknown as (...args: readonly unknown[]) => unknown, args, into);
  };
  return Object.assign((...args: readonly unknown[]) => run(args), {
    run: (args: HostArguments<Args>, options: { readonly into?: unknown } = {}) =>
      run(args as readonly unknown[], options.into) as Promise<HostTreeOf<Out>>,
    graph: (...args: HostArguments<Args>) => traced.graph(...args),
    toOnnx: (...args: HostArguments<Args>) => traced.toOnnx(...args),
    dispose: async () => {
      disposed = true;
      await traced.dispose();
    },
  }) as unknown as Compiled<Args, Out>;
}
