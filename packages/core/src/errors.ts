/** The four things a user needs to mend a mistake. */
export interface Mistake {
  /** File (with line and column if known), option or value that is wrong. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What to do about it; a full sentence. */
  readonly remedy?: string;
}

/**
 * A user's mistake. The command prints its message alone, without a stack trace, and exits with a non-zero code.
 * Anything else that is thrown is a defect of ours and keeps its trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly mistake: Mistake;

  constructor(mistake: Mistake, options?: ErrorOptions) {
    const { where, expected, got, remedy } = mistake;
    super(`${where}: expected ${expected}, got ${got}.${remedy === undefined ? '' : ` ${remedy}`}`, options);
    this.mistake = mistake;
  }
}
