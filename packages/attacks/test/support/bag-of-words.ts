import { type SentenceEncoder, textVictim, type Victim } from '@im-bert/attacks';

/** p(positive) = sigmoid of the sum of its words' weights; label 1 is positive. */
export function bagOfWords(weights: Readonly<Record<string, number>>): Victim {
  return textVictim((texts) =>
    Promise.resolve(
      texts.map((text) => {
        const words = text.toLowerCase().match(/[a-z<>[\]-]+/g) ?? [];
        const positive = 1 / (1 + Math.exp(-words.reduce((sum, word) => sum + (weights[word] ?? 0), 0)));
        return [1 - positive, positive];
      }),
    ),
  );
}

/** The same victim, and every text that it was asked, in order. */
export function listening(victim: Victim): { victim: Victim; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    victim: (inputs) => {
      asked.push(...inputs.map((texts) => texts.join(' | ')));
      return victim(inputs);
    },
  };
}

/** Embeds a text by how often each letter occurs: deterministic, and nearly equal for nearly equal texts. */
export const letterCounts: SentenceEncoder = (texts) =>
  Promise.resolve(
    texts.map((text) => {
      const counts = new Float32Array(26);
      for (const letter of text.toLowerCase()) {
        const place = letter.charCodeAt(0) - 97;
        if (place >= 0 && place < 26) counts[place] = (counts[place] ?? 0) + 1;
      }
      return counts;
    }),
  );
