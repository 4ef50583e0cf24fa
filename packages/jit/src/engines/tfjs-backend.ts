import { UserError } from '@im-bert/core/errors';
import * as tf from '@tensorflow/tfjs-core';

/** A tfjs backend that is ready. */
export interface ChosenBackend {
  readonly name: string;
  /** Its name and why it was taken. */
  readonly description: string;
}

/** The name that tfjs-node and tfjs-node-gpu register. */
const nodeBackend = 'tensorflow';

/** Loads tfjs-node-gpu, an optional peer; gives the reason where that fails. */
async function loadGpu(): Promise<string | undefined> {
  const specifier = '@tensorflow/tfjs-node-gpu'; // a variable, so that compiling does not need the package
  try {
    await import(specifier);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return message ?? 'unknown reason';
  }
}

async function setBackend(name: string): Promise<void> {
  if ((await tf.setBackend(name)) && tf.getBackend() === name) return;
  throw new UserError({
    where: 'engine tfjs',
    expected: `the tfjs backend ${name}`,
    got: 'a backend that does not start',
  });
}

async function useGpu(): Promise<ChosenBackend> {
  const problem = await loadGpu();
  if (problem !== undefined)
    throw new UserError({
      where: 'engine tfjs, backend gpu',
      expected: '@tensorflow/tfjs-node-gpu installed and loadable',
      got: problem,
      remedy:
        'Run `npm install @tensorflow/tfjs-node-gpu@4.22.0` (it needs CUDA 11.2 and Node below 23), or use the onnx engine.',
    });
  await setBackend(nodeBackend);
  return { name: nodeBackend, description: 'backend tensorflow (@tensorflow/tfjs-node-gpu)' };
}

async function useCpu(why: string): Promise<ChosenBackend> {
  await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  return { name: 'cpu', description: `backend cpu (${why})` };
}

async function useNamed(name: string): Promise<ChosenBackend> {
  if (name === 'cpu') return useCpu('asked for');
  if ((tf.findBackendFactory(name) as unknown) === null)
    throw new UserError({
      where: `engine tfjs, backend ${name}`,
      expected: 'a registered tfjs backend, gpu, cpu or auto',
      got: JSON.stringify(name),
      remedy: 'Import the package that registers it first.',
    });
  await setBackend(name);
  return { name, description: `backend ${name} (asked for)` };
}

/**
 * Sets tfjs's backend: the one that is set already, else tfjs-node-gpu if it loads, else cpu; or the one named.
 * @throws UserError if the named one is not there; its text says how to get it
 */
export async function chooseBackend(name: string): Promise<ChosenBackend> {
  if (name === 'gpu') return useGpu();
  if (name !== 'auto') return useNamed(name);
  const current = tf.getBackend() as string | null | undefined; // null once a trace's backend was removed
  if (current !== undefined && current !== null && current !== '')
    return { name: current, description: `backend ${current} (already set)` };
  const problem = await loadGpu();
  return problem === undefined ? useGpu() : useCpu('@tensorflow/tfjs-node-gpu is not installed');
}
