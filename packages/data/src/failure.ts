/** The code of a failed system call or request, `ENOENT`; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The first line of what an error says. */
export function messageOf(error: unknown): string {
  const message: unknown =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return (String(message).split('\n')[0] ?? '').trim();
}
