/** What sets apart a word from the gaps around it: letters or digits, then also ' - _ * @ within (TextAttack). */
const wordPattern = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'’_*@-]*[\p{L}\p{M}\p{N}])?/gu;
/** The same, or any other sign by itself: what a tokenized file has between its spaces. */
const tokenPattern = new RegExp(`${wordPattern.source}|[^\\s]`, 'gu');

/** A text as words and the gaps around them; immutable. Texts of one replaced word are made without copying all. */
export class AttackedText {
  readonly words: readonly string[]; // n
  readonly #gaps: readonly string[]; // n + 1
  readonly #starts: readonly number[]; // n
  readonly text: string;

  private constructor(words: readonly string[], gaps: readonly string[]) {
    this.words = words;
    this.#gaps = gaps;
    let at = 0;
    this.#starts = words.map((word, index) => {
      const start = at + (gaps[index] ?? '').length;
      at = start + word.length;
      return start;
    });
    this.text = words.map((word, index) => (gaps[index] ?? '') + word).join('') + (gaps.at(-1) ?? '');
  }

  /** Words of the text as it stands; signs, spaces and emoji are gaps. */
  static ofWords(text: string): AttackedText {
    const words: string[] = [];
    const gaps: string[] = [];
    let at = 0;
    for (const match of text.matchAll(wordPattern)) {
      gaps.push(text.slice(at, match.index));
      words.push(match[0]);
      at = match.index + match[0].length;
    }
    return new AttackedText(words, [...gaps, text.slice(at)]);
  }

  /** Words and signs, lower-cased, a space between each two: the form of TextFooler's own data files. */
  static ofTokens(text: string): AttackedText {
    const words = text.toLowerCase().match(tokenPattern) ?? [];
    return new AttackedText(words, ['', ...words.map((_, index) => (index + 1 < words.length ? ' ' : ''))]);
  }

  /** What stands between a word and the next, or the end. */
  gapAfter(index: number): string {
    return this.#gaps[index + 1] ?? '';
  }

  /** The text with another word at a place. */
  textWith(index: number, word: string): string {
    const start = this.#starts[index] ?? 0;
    return this.text.slice(0, start) + word + this.text.slice(start + (this.words[index] ?? '').length);
  }

  /** The text without a word and one of the spaces beside it. */
  textWithout(index: number): string {
    const start = this.#starts[index] ?? 0;
    const before = this.text.slice(0, start);
    const after = this.text.slice(start + (this.words[index] ?? '').length);
    return /\s$/.test(before) ? before.slice(0, -1) + after : before + after.replace(/^\s/, '');
  }

  with(index: number, word: string): AttackedText {
    return new AttackedText(this.words.with(index, word), this.#gaps);
  }
}
