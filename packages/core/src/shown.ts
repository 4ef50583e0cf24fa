/** Longest value that a message shows whole, in characters. */
const shownCharacters = 60;

/** Text with its end left out if it is long. */
function shortened(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters - 3)}...` : text;
}

/** A value as an error message shows it: short, and text in quotes. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value !== null && typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? JSON.stringify(shortened(value)) : `${value as number | boolean | null}`;
}
