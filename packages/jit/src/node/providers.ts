import { availableParallelism } from 'node:os';
import { UserError } from '@im-bert/core/errors';
import type { InferenceSession } from 'onnxruntime-common';
import * as ort from 'onnxruntime-node';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/value.ts';
import type { Runtime, SessionOptions } from '../session/runtime.ts';
import { Session } from '../session/session.ts';
import { refuseTelemetry } from './telemetry.ts';

/** What computes: ONNX Runtime's providers in Node. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda';

/** What to do where a provider does not run. */
const remedies: Readonly<Record<ProviderName, string>> = {
  cpu: 'Install onnxruntime-node again.',
  webgpu:
    'It needs a GPU with a Vulkan, Metal or Direct3D 12 driver (on Debian also libvulkan1). Take the cpu provider otherwise.',
  cuda: 'Install onnxruntime-node with CUDA libraries (Linux x64, its install script fetches them), or take the cpu provider.',
};

function optionsOf(
  provider: ProviderName,
  { threads, optimization = 'all' }: SessionOptions,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: optimization,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    logSeverityLevel: 4, // what it would log is thrown anyway
    // the pattern of the first run is allocated anew, as one block, beside what the first run used: a third more memory
    // for a training step, and no faster
    enableMemPattern: false,
    // every session would keep an arena as large as its largest run; without one, sessions share the process's heap
    enableCpuMemArena: false,
    // denormals, which dying activations and Adam's moments reach, would slow every product that meets them a hundredfold
    extra: {
      session: { set_denormal_as_zero: '1' },
      // they would undo simplify/products.ts
      optimization: { disable_specified_optimizers: 'MatmulTransposeFusion;GemmTransposeFusion' },
    },
  };
}

function describe(provider: ProviderName, threads: number): string {
  const version = `ONNX Runtime ${ort.env.versions.node ?? ''}`;
  return provider === 'cpu'
    ? `${version} on ${threads} thread${threads === 1 ? '' : 's'}`
    : `${version}, provider ${provider}`;
}

/** onnxruntime-node on one of its providers; nothing is tried yet. */
export function nodeRuntime(provider: ProviderName = 'cpu', threads?: number): Runtime {
  return {
    description: describe(provider, threads ?? availableParallelism()),
    load: (graph, options) => {
      refuseTelemetry();
      return Session.load(
        ort,
        graph,
        optionsOf(provider, { ...(threads === undefined ? {} : { threads }), ...options }),
        true,
      );
    },
  };
}

/** A graph with nothing to compute but a sum. */
function smallest(): Graph {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float32', [1]);
  return graph.build([{ name: 'out', value: graph.ops.add(x, x) }]);
}

/** As `nodeRuntime`, tried. @throws UserError if the provider does not run here; its text says what to do */
export async function triedRuntime(provider: ProviderName, threads?: number): Promise<Runtime> {
  const runtime = nodeRuntime(provider, threads);
  if (provider === 'cpu') return runtime;
  try {
    const loaded = await runtime.load(smallest(), {});
    await loaded.release();
  } catch (error) {
    throw new UserError({
      where: `engine onnx, provider ${provider}`,
      expected: `a machine on which ONNX Runtime's ${provider} provider runs`,
      got: error instanceof Error ? error.message : String(error),
      remedy: remedies[provider],
    });
  }
  return runtime;
}
