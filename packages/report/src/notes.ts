/** Numbered notes to a table, each text once. */
export interface Notes {
  /** Keeps the note and gives its mark, such as `²`. */
  readonly mark: (text: string) => string;
  /** The notes as lines of markdown; empty when there are none. */
  readonly lines: () => readonly string[];
}

const superscript = (number: number): string =>
  String(number).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));

/** An empty set of notes. */
export function createNotes(): Notes {
  const texts: string[] = [];
  return {
    mark: (text) => {
      if (!texts.includes(text)) texts.push(text);
      return superscript(texts.indexOf(text) + 1);
    },
    lines: () => texts.map((text, index) => `- ${superscript(index + 1)} ${text}`),
  };
}
