import type { RandomStream } from '@im-bert/core';

// Lists of our own, of common English names and places of one word each; no data set is behind them.
const names = (
  'James John Robert Michael David William Thomas Peter Paul George Mary Linda Susan Sarah Karen Lisa Anna Emma Laura ' +
  'Julia Smith Johnson Brown Jones Miller Davis Wilson Taylor Anderson Moore'
).split(' ');
const places = (
  'London Paris Berlin Rome Madrid Vienna Chicago Boston Tokyo Sydney England France Germany Italy Spain Austria America ' +
  'Canada Japan Australia'
).split(' ');
const numbers = 'two three four five six seven eight nine ten eleven twelve'.split(' ');

/** Others of one list, drawn without repetition. */
function draw(list: readonly string[], but: string, random: RandomStream, count: number): string[] {
  const left = list.filter((other) => other !== but);
  return Array.from({ length: count }, () => left.splice(random.integer(left.length), 1)).flat();
}

/** Three other members of a list that holds the word; none for other words. Case counts. */
function ofList(list: readonly string[]) {
  return (word: string, random: RandomStream): string[] =>
    list.includes(word) ? draw(list, word, random, 3) : [];
}

/** Other names in the place of a known one. */
export const otherNames = ofList(names);
/** Other places in the place of a known one. */
export const otherPlaces = ofList(places);

const ofNumberWords = ofList(numbers);

/** Three numbers from 0 to about twice the given one: for up to nine digits, or the words two to twelve. */
export function otherNumbers(word: string, random: RandomStream): string[] {
  if (!/^[0-9]{1,9}$/.test(word)) return ofNumberWords(word, random);
  const drawn = Array.from({ length: 3 }, () => String(random.integer(2 * Number(word) + 2)));
  return [...new Set(drawn)].filter((other) => other !== word);
}
