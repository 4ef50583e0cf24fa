/** Contractions that keep their meaning when undone; "he's" (is or has) and the like are left out. A list of our own. */
const expansions: ReadonlyMap<string, string> = new Map([
  ...['is', 'are', 'was', 'were', 'do', 'does', 'did', 'has', 'have', 'had', 'could', 'should', 'would'].map(
    (verb) => [`${verb}n't`, `${verb} not`] as const,
  ),
  ...['i', 'you', 'we', 'they'].flatMap(
    (who) =>
      [
        [`${who}'ve`, `${who} have`],
        [`${who}'ll`, `${who} will`],
      ] as const,
  ),
  ...['you', 'we', 'they'].map((who) => [`${who}'re`, `${who} are`] as const),
  ["i'm", 'i am'],
  ["can't", 'can not'],
  ["won't", 'will not'],
]);
const contracted: ReadonlyMap<string, string> = new Map(
  [...expansions].map(([short, long]) => [long, short]),
);

const inCase = (like: string, word: string): string =>
  /^\p{Lu}/u.test(like) ? word.slice(0, 1).toUpperCase() + word.slice(1) : word;

/** "isn't" as "is not"; undefined for other words. */
export function expand(word: string): string | undefined {
  const long = expansions.get(word.toLowerCase().replace('’', "'"));
  return long === undefined ? undefined : inCase(word, long);
}

/** "is", "not" as "isn't"; undefined for other pairs. */
export function contract(first: string, second: string): string | undefined {
  const short = contracted.get(`${first} ${second}`.toLowerCase());
  return short === undefined ? undefined : inCase(first, short);
}
