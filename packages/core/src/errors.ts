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

/** Longest parts of a message, in characters: names and values may come from damaged files, and be megabytes long. */
const longest = { where: 500, expected: 1000, got: 300 } as const;

/** On one line and cut in the middle, so that a file's name at its beginning and a place in it at its end both stay. */
function shortened(text: string, limit: number): string {
  const half = Math.floor((limit - 3) / 2);
  const cut = text.length <= limit ? text : `${text.slice(0, half)}...${text.slice(-half)}`;
  // Control characters would break the line or move the terminal's cursor.
  return cut.replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sentence({ where, expected, got, nearest, remedy }: Mistake): string {
  const end = nearest === undefined ? '.' : `, did you mean ${JSON.stringify(nearest)}?`;
  const parts = `${shortened(where, longest.where)}: expected ${shortened(expected, longest.expected)}, got ${shortened(got, longest.got)}`;
  return `${parts}${end}${remedy === undefined ? '' : ` ${remedy}`}`;
}

/** Mistakes that are printed; of the others only the number is. */
const shownMistakes = 10;

function message(mistakes: readonly Mistake[]): string {
  const lines = mistakes.slice(0, shownMistakes).map(sentence);
  const others = mistakes.length - lines.length;
  return [...lines, ...(others > 0 ? [`... and ${others} more of ${mistakes.length} mistakes.`] : [])].join(
    '\n',
  );
}

/**
 * A user's mistake, or several found together (one line of the message each, for the first ten). The command prints its message alone,
 * without a stack trace, and exits with a non-zero code. Anything else that is thrown is a defect of ours and keeps
 * its trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly mistakes: readonly Mistake[];

  constructor(mistake: Mistake | readonly Mistake[], options?: ErrorOptions) {
    const mistakes = 'where' in mistake ? [mistake] : mistake;
    super(message(mistakes), options);
    this.mistakes = mistakes;
  }
}
