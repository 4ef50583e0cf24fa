import { createHash } from 'node:crypto';

/** The key under which a file of ours holds the SHA-256 of all its bytes, those of the checksum itself taken as zeros. */
export const checksumKey = 'im_bert_sha256';

/** What stands in the checksum's place while it is computed. */
export const noChecksum = '0'.repeat(64);

/** A header of ours begins so; then come the checksum's digits. */
const beginning = `{"__metadata__":{"${checksumKey}":"`;

/** The header with the digits in the place of those that it has. */
function withDigits(header: Uint8Array, digits: string): Buffer {
  const copy = Buffer.from(header);
  copy.write(digits, beginning.length, 'latin1');
  return copy;
}

/** Computes the checksum of a file that comes in pieces: the header's length, the header, and the tensors' bytes. */
export class Checksum {
  readonly #hash = createHash('sha256');
  readonly #header: Uint8Array;

  constructor(length: Uint8Array, header: Uint8Array) {
    this.#header = header;
    this.#hash.update(length).update(withDigits(header, noChecksum));
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The header with the checksum in it. Call it once, at the end. */
  sealedHeader(): Buffer {
    return withDigits(this.#header, this.#hash.digest('hex'));
  }

  /** Whether the header that was given holds the right checksum at its beginning. Call it once, at the end. */
  fits(): boolean {
    return (
      this.sealedHeader().equals(this.#header) &&
      Buffer.from(this.#header).toString('latin1', 0, beginning.length) === beginning
    );
  }
}
