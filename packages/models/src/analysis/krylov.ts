/** Squarings of the small matrix: its 16,384th power, whose norm's root is the radius to about one in a thousand. */
const squarings = 14;

/** Below this share of its length, what is left of a vector outside of the basis is rounding. */
const negligible = 1e-5;

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/**
 * Arnoldi's orthonormal basis of a vector's images under a matrix that is known by its products only, and the matrix as
 * it acts within the basis: its eigenvalues near the matrix's largest ones soonest.
 */
export class KrylovSpace {
  readonly #basis: Float32Array[] = [];
  /** By basis vector, the coordinates of its image. */
  readonly #images: (readonly number[])[] = [];

  /** @param start not zero; is changed */
  constructor(start: Float32Array) {
    this.#append(start, Math.sqrt(dot(start, start)));
  }

  /** The basis vector whose image is wanted next; zeros once the space is closed. */
  get last(): Float32Array {
    return this.#basis.at(-1) ?? new Float32Array();
  }

  /** Takes the image of `last`. @param image is changed */
  extend(image: Float32Array): void {
    const before = Math.sqrt(dot(image, image));
    const coordinates = this.#basis.map((vector) => {
      const share = dot(vector, image);
      image.forEach((value, at) => (image[at] = value - share * (vector[at] ?? 0)));
      return share;
    });
    const left = Math.sqrt(dot(image, image));
    const isClosed = left <= negligible * before;
    this.#images.push([...coordinates, isClosed ? 0 : left]);
    this.#append(image, isClosed ? Infinity : left);
  }

  #append(vector: Float32Array, length: number): void {
    this.#basis.push(vector.map((value) => value / length));
  }

  /** The largest modulus of an eigenvalue of the matrix within the basis (Gelfand's formula, by repeated squaring). */
  spectralRadius(): number {
    const size = this.#images.length;
    let power = Array.from({ length: size }, (_, row) => this.#images.map((image) => image[row] ?? 0));
    let logarithm = 0; // the matrix's 2^k-th power is exp(logarithm) times `power`
    for (let squaring = 0; squaring < squarings; squaring++) {
      const norm = Math.hypot(...power.flat());
      if (norm === 0) return 0;
      const scaled = power.map((row) => row.map((value) => value / norm));
      power = scaled.map((row) =>
        row.map((_, column) => row.reduce((sum, value, at) => sum + value * (scaled[at]?.[column] ?? 0), 0)),
      );
      logarithm = 2 * (logarithm + Math.log(norm));
    }
    return Math.exp((logarithm + Math.log(Math.hypot(...power.flat()))) / 2 ** squarings);
  }
}
