import { boolTensor, floatTensor, type HostTensor, intTensor, randomStream, sizeOf } from '@im-bert/core';
import * as tf from '@tensorflow/tfjs-core';
import { jit } from '../../src/node.ts';
import { useCpuBackend } from './cpu-backend.ts';

/** One call of a kernel, to be run eagerly on the cpu backend and traced, with the same inputs. */
interface LoweringCase {
  readonly name: string;
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  readonly inputs: readonly HostTensor[];
  /** Run eagerly in its place, where the cpu backend has no such kernel or has it wrong: say which beside it. */
  readonly reference?: LoweringCase['run'];
}

/** A kernel's cases and how far from the cpu backend's value (a double rounded to float) the traced one may be. */
export interface KernelCases {
  readonly cases: readonly LoweringCase[];
  /** In units of the last place of the expected value; 2 by default. */
  readonly ulps?: number;
  /** Added to that; 0 by default. */
  readonly absolute?: number;
  /**
   * Whether -0 and 0 differ; true by default. False where the lowering chooses between branches, for ONNX Runtime's
   * Where gives 0 for a chosen -0, and where tfjs's backends differ themselves.
   */
  readonly signedZeros?: boolean;
}

/** Zeros of both signs, whole and half numbers, small and large ones, infinities and NaN. */
export const specialFloats = Float32Array.of(
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7.25, 1e-8, -1e-8, 0.999, 40, -40, 1e30, -1e30],
  ...[NaN, Infinity, -Infinity],
);

export const special = floatTensor(specialFloats, [specialFloats.length]);

/** Floats in (-3, 3) of a shape. */
export function floats(...shape: number[]): HostTensor {
  const stream = randomStream(3, `floats ${shape.join()}`);
  return floatTensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 6 * stream.uniform() - 3),
    shape,
  );
}

/** Integers from -4 to 4 of a shape. */
export function ints(...shape: number[]): HostTensor {
  const stream = randomStream(4, `ints ${shape.join()}`);
  return intTensor(
    Int32Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4),
    shape,
  );
}

/** Truth values of a shape. */
export function bools(...shape: number[]): HostTensor {
  const stream = randomStream(5, `bools ${shape.join()}`);
  return boolTensor(
    Uint8Array.from({ length: sizeOf(shape) }, () => stream.integer(2)),
    shape,
  );
}

/** Named integers, such as ids. */
export function listed(values: readonly number[], shape: readonly number[] = [values.length]): HostTensor {
  return intTensor(Int32Array.from(values), shape);
}

function toTensor({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

function runEagerly({ run, reference = run, inputs }: LoweringCase): HostTensor[] {
  const values: HostTensor[] = [];
  tf.tidy(() => {
    values.push(...[reference(...inputs.map(toTensor))].flat().map(toHost));
  });
  return values;
}

function toHost(tensor: tf.Tensor): HostTensor {
  const values = tensor.dataSync();
  if (tensor.dtype === 'int32') return intTensor(Int32Array.from(values), tensor.shape);
  if (tensor.dtype === 'bool') return boolTensor(Uint8Array.from(values), tensor.shape);
  return floatTensor(Float32Array.from(values), tensor.shape);
}

/** Distance to the next float32 away from zero. */
function lastPlace(value: number): number {
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 23, -149);
}

function agrees(
  actual: number,
  expected: number,
  { ulps = 2, absolute = 0, signedZeros = true }: KernelCases,
): boolean {
  if (Object.is(actual, expected)) return true;
  if (actual === 0 && expected === 0) return !signedZeros;
  return Math.abs(actual - expected) <= ulps * lastPlace(expected) + absolute;
}

function signed(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** What is wrong with a value, or nothing. */
function disagreements(actual: HostTensor, expected: HostTensor, limits: KernelCases): string[] {
  const [got, wanted] = [actual, expected].map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`);
  if (got !== wanted) return [`expected ${String(wanted)}, got ${String(got)}`];
  return Array.from(expected.data, (value, place) => ({ value, place, other: actual.data[place] ?? NaN }))
    .filter(({ value, other }) => !agrees(other, value, limits))
    .map(({ value, place, other }) => `at ${place}: expected ${signed(value)}, got ${signed(other)}`);
}

async function runTraced(cases: readonly LoweringCase[]): Promise<readonly (readonly HostTensor[])[]> {
  const compiled = jit((inputs: readonly (readonly tf.Tensor[])[]) =>
    cases.map(({ run }, index) => [run(...(inputs[index] ?? []))].flat()),
  );
  try {
    return await compiled(cases.map(({ inputs }) => inputs));
  } finally {
    await compiled.dispose();
  }
}

async function emittedKernels(cases: readonly LoweringCase[]): Promise<string[]> {
  const eager = cases.filter(({ reference }) => reference === undefined);
  const profile = await tf.profile(() => {
    tf.tidy(() => {
      for (const { run, inputs } of eager) run(...inputs.map(toTensor));
    });
  });
  return profile.kernelNames;
}

/**
 * One test a kernel: its cases are traced together and compared one by one. A kernel of the table without cases does
 * not compile (the caller's type) and fails; a case that does not reach its kernel fails as well.
 */
export function describeLowerings<Kernel extends string>(
  table: Readonly<Record<Kernel, unknown>>,
  kernels: Readonly<Record<Kernel, KernelCases>>,
): void {
  beforeAll(useCpuBackend);

  test('every kernel of the table has cases', () => {
    expect(Object.keys(kernels).sort()).toEqual(Object.keys(table).sort());
  });

  test.each(Object.entries<KernelCases>(kernels))(
    '%s is what the cpu backend computes',
    async (kernel, limits) => {
      const traced = await runTraced(limits.cases);
      const wrong = limits.cases.flatMap((one, index) => {
        const expected = runEagerly(one);
        const actual = traced[index] ?? [];
        if (actual.length !== expected.length) return [`${one.name}: ${actual.length} results`];
        return expected.flatMap((value, place) =>
          disagreements(actual[place] ?? value, value, limits).map((text) => `${one.name}: ${text}`),
        );
      });
      expect(wrong).toEqual([]);
      if (limits.cases.some(({ reference }) => reference === undefined))
        expect(await emittedKernels(limits.cases)).toContain(kernel);
    },
  );
}
