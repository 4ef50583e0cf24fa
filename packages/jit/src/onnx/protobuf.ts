/**
 * Writes protobuf's wire format, forwards and without copying bytes twice: a message is a list of chunks, and a nested
 * message adds its chunks to its parent's. https://protobuf.dev/programming-guides/encoding
 */
export class Message {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** A signed or unsigned integer field (int32, int64, enum). */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#push(varint(BigInt.asUintN(64, BigInt(value))));
  }

  /** A float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).#push(bytes);
  }

  /** A string field. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** A bytes field. The bytes are kept by reference until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, 2)
      .#push(varint(BigInt(value.length)))
      .#push(value);
  }

  /** A nested message. */
  message(field: number, value: Message): this {
    this.#tag(field, 2).#push(varint(BigInt(value.#length)));
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }

  /** The bytes of the whole message. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  #tag(field: number, wireType: number): this {
    return this.#push(varint(BigInt(field * 8 + wireType)));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
