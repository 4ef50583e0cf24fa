/** The value types of WebAssembly that our kernels use. */
export const wasmType = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
type WasmType = (typeof wasmType)[keyof typeof wasmType];

/** One exported function: its body is the instructions without the final `end`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
  readonly locals: readonly WasmType[];
  readonly body: readonly number[];
}

/** What instances export: kernels that take and return numbers, and the memory that they work on. */
interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly [kernel: string]: unknown;
}

/** The part of the WebAssembly namespace that we call; Node has it, @types/node 20 does not declare it. */
interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: WasmExports };
}

/** An unsigned number in LEB128, WebAssembly's variable-length form. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** A SIMD instruction (prefix 0xfd) with its immediate bytes. */
export function simd(opcode: number, ...immediate: readonly number[]): number[] {
  return [0xfd, ...unsigned(opcode), ...immediate];
}

/** Instructions that every kernel uses; locals count parameters first. */
export const local = {
  get: (index: number): number[] => [0x20, ...unsigned(index)],
  set: (index: number): number[] => [0x21, ...unsigned(index)],
};

/** v128.load from the address on the stack plus an offset. */
export function loadVector(offset: number): number[] {
  return simd(0x00, 4, ...unsigned(offset));
}

/** v128.store of the value on the stack to the address below it plus an offset. */
export function storeVector(offset: number): number[] {
  return simd(0x0b, 4, ...unsigned(offset));
}

/** `body` for every 16 bytes below the byte count in local 0; local `index` is the address and starts at 0. */
export function forEachVector(index: number, body: readonly number[]): number[] {
  return [
    ...[0x03, 0x40], // loop
    ...body,
    ...local.get(index),
    ...[0x41, 16, 0x6a], // + 16 bytes
    ...[0x22, ...unsigned(index)], // local.tee
    ...local.get(0),
    ...[0x49, 0x0d, 0, 0x0b], // repeat while below
  ];
}

const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];
const text = (value: string): number[] => vector([...Buffer.from(value)].map((byte) => [byte]));
const types = (list: readonly WasmType[]): number[] => vector(list.map((type) => [type]));

function code({ locals, body }: WasmFunction): number[] {
  const content = [...vector(locals.map((type) => [1, type])), ...body, 0x0b];
  return [...unsigned(content.length), ...content];
}

/** The binary of a module with these functions and `pages` pages (64 KiB each) of exported memory. */
export function encodeModule(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const memoryExport = [...text('memory'), 0x02, 0];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic and version
    ...section(1, vector(functions.map((f) => [0x60, ...types(f.parameters), ...types(f.results)]))),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x00, ...unsigned(pages)]])),
    ...section(
      7,
      vector([memoryExport, ...functions.map((f, index) => [...text(f.name), 0x00, ...unsigned(index)])]),
    ),
    ...section(10, vector(functions.map(code))),
  ]);
}

/** Compiles and starts a module that {@link encodeModule} wrote. */
export function instantiate(bytes: Uint8Array): WasmExports {
  const { WebAssembly } = globalThis as typeof globalThis & { readonly WebAssembly: WebAssemblyNamespace };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}
