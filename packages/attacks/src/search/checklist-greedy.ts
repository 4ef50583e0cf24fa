import type { RandomStream } from '@im-bert/core';
import { contract, expand } from '../candidates/contractions.ts';
import { otherNames, otherNumbers, otherPlaces } from '../candidates/entities.ts';
import type { Attack, Change } from '../engine/attack.ts';
import { AttackedText } from '../text/attacked-text.ts';

/** Changes of single words, and of pairs that one space parts (`from` then holds both). */
function candidates(original: AttackedText, random: RandomStream): Change[] {
  const { words } = original;
  return words.flatMap((from, position) => {
    const others = [otherNames, otherPlaces, otherNumbers].flatMap((change) => change(from, random));
    const long = expand(from);
    const next = words[position + 1] ?? '';
    const short = contract(from, next);
    return [
      ...[...others, ...(long === undefined ? [] : [long])].map((to) => ({ position, from, to })),
      ...(short === undefined || original.gapAfter(position) !== ' '
        ? []
        : [{ position, from: `${from} ${next}`, to: short }]),
    ];
  });
}

/** Changes made in the original, the last place first, so that places before it keep their index. */
function applied(original: AttackedText, changes: readonly Change[]): string {
  return changes
    .toSorted((a, b) => b.position - a.position)
    .reduce((text, { position, from, to }) => {
      const pair = from !== original.words[position];
      return (pair ? AttackedText.ofWords(text.textWithout(position + 1)) : text).with(position, to);
    }, original).text;
}

const overlap = (a: Change, b: Change): boolean => {
  const end = ({ position, from }: Change): number => position + (from.includes(' ') ? 2 : 1);
  return a.position < end(b) && b.position < end(a);
};

/**
 * TextAttack's greedy search without an importance ranking: of all changes the one of the lowest p_y, then again beside
 * those made, no word twice. Candidates are drawn once, and it ends where no change lowers p_y (TextAttack goes on).
 */
export const checkListSearch: Attack['search'] = async ({ original, first, goal, random }) => {
  let left = candidates(original, random);
  let found: Awaited<ReturnType<Attack['search']>> = { text: original.text, answer: first, changes: [] };
  while (left.length > 0 && !found.answer.succeeds && !goal.exhausted) {
    const { changes } = found;
    const answers = await goal.ask(left.length, (row) =>
      applied(original, [...changes, ...left.slice(row, row + 1)]),
    );
    const rights = answers.map(({ right }) => right);
    const row = rights.reduce((best, right, at) => (right < (rights[best] ?? Infinity) ? at : best), 0);
    const [answer, change] = [answers[row], left[row]];
    if (answer === undefined || change === undefined || answer.right >= found.answer.right) break;
    const made = [...changes, change];
    found = {
      text: applied(original, made),
      answer,
      changes: made.toSorted((a, b) => a.position - b.position),
    };
    left = left.filter((other) => !overlap(other, change));
  }
  return found;
};
