import { UserError } from '@im-bert/core/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../graph/value.ts';
import { lowerings } from '../lowering/lowerings.ts';
import { unsupportedKernels } from '../lowering/unsupported.ts';
import { callSite } from './call-site.ts';
import { Recorder } from './recorder.ts';

/** The backend's name in tfjs's registries; tfjs splits names at underscores. */
export const backendName = 'im-bert-recorder';

/** A lowering with the types of its own kernel forgotten. */
type AnyLowering = (
  graph: Recorder['graph'],
  inputs: readonly Value[] | Readonly<Record<string, Value | undefined>>,
  attributes: tf.NamedAttrMap,
) => Value | readonly Value[];

// The boundary to tfjs: it calls every kernel with untyped maps, which Kernels (kernels/kernels.ts) describes.
const table = lowerings as unknown as Readonly<Record<string, AnyLowering>>;

function recorderOf(backend: unknown): Recorder {
  if (backend instanceof Recorder) return backend;
  throw new Error('a recording kernel ran on another backend');
}

/** A list of tensors stays one; optional tensors that are absent stay out. */
function valuesOf(recorder: Recorder, inputs: tf.NamedTensorInfoMap) {
  const value = (info: tf.TensorInfo): Value => recorder.valueFor(info);
  const list: unknown = inputs;
  if (Array.isArray(list)) return (list as tf.TensorInfo[]).map(value);
  const present = Object.entries(inputs).flatMap(([name, info]) =>
    info ? [[name, value(info)] as const] : [],
  );
  return Object.fromEntries(present);
}

function recordingKernel(kernelName: string, lowering: AnyLowering): tf.KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const recorder = recorderOf(backend);
      const result = lowering(recorder.graph, valuesOf(recorder, inputs), attrs ?? {});
      return 'origin' in result ? recorder.handle(result) : result.map((value) => recorder.handle(value));
    },
  };
}

function refusingKernel(kernelName: string, reason: string): tf.KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: () => {
      throw new UserError({
        where: `jit at ${callSite()}`,
        expected: 'a kernel with a lowering to ONNX (the README lists them)',
        got: `the tfjs kernel ${kernelName}`,
        remedy: `There is none because ${reason}.`,
      });
    },
  };
}

/** Makes every tfjs kernel record when the recorder is the backend. Registered once, on first use. */
export function registerKernels(): void {
  if ((tf.getKernel('Add', backendName) as tf.KernelConfig | undefined) !== undefined) return;
  for (const [name, lowering] of Object.entries(table)) tf.registerKernel(recordingKernel(name, lowering));
  for (const [name, reason] of Object.entries(unsupportedKernels))
    tf.registerKernel(refusingKernel(name, reason));
}
