/** The four things a user needs to mend a mistake. */
export interface Mistake {
  /** File (with line and column if known), option or value that is wrong. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** The allowed word that the user most likely meant. */
  readonly nearest?: string | undefined;
  /** What to do about it; a full sentence. */
  readonly remedy?: string | undefined;
}

function sentence({ where, expected, got, nearest, remedy }: Mistake): string {
  const end = nearest === undefined ? '.' : `, did you mean ${JSON.stringify(nearest)}?`;
  return `${where}: expected ${expected}, got ${got}${end}${remedy === undefined ? '' : ` ${remedy}`}`;
}

/**
 * A user's mistake, or several found together (one line of the message each). The command prints its message alone,
 * without a stack trace, and exits with a non-zero code. Anything else that is thrown is a defect of ours and keeps
 * its trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly mistakes: readonly Mistake[];

  constructor(mistake: Mistake | readonly Mistake[], options?: ErrorOptions) {
    const mistakes = 'where' in mistake ? [mistake] : mistake;
    super(mistakes.map(sentence).join('\n'), options);
    this.mistakes = mistakes;
  }
}
