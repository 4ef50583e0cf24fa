import {
  bfloat16FromFloat32,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
} from './float16.ts';

/** How one element type is stored in a safetensors file (little-endian). */
interface StoredType {
  /** Bytes an element. */
  readonly bytes: number;
  /** Widens to float32, exactly. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>) => Float32Array;
  /** Rounds float32 to nearest, ties to even. */
  readonly encode: (values: Float32Array) => Uint8Array;
}

const halfWords = (bytes: Uint8Array<ArrayBuffer>): Uint16Array =>
  new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The element types that are read and written; the keys are the format's own names. */
export const storedTypes = {
  F32: {
    bytes: 4,
    decode: (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
    encode: bytesOf,
  },
  F16: {
    bytes: 2,
    decode: (bytes) => float32FromFloat16(halfWords(bytes)),
    encode: (values) => bytesOf(float16FromFloat32(values)),
  },
  BF16: {
    bytes: 2,
    decode: (bytes) => float32FromBfloat16(halfWords(bytes)),
    encode: (values) => bytesOf(bfloat16FromFloat32(values)),
  },
} as const satisfies Record<string, StoredType>;

export type StoredTypeName = keyof typeof storedTypes;

/** Whether a file's element type is one that is read as float32. */
export function isStoredType(name: string): name is StoredTypeName {
  return Object.hasOwn(storedTypes, name);
}
