import { attackSchema, createAttack, runAttacks, summarize, textVictim } from '@im-bert/attacks';

/** Attacks a classifier that counts praise, by typos. */
export async function attackPraiseCounter(): Promise<string> {
  const victim = textVictim((texts) => {
    const praise = (text: string): number => (text.match(/good|great|fine/g) ?? []).length;
    return Promise.resolve(texts.map((text) => (praise(text) > 0 ? [0.1, 0.9] : [0.8, 0.2])));
  });
  const { records } = await runAttacks({
    victim, // any async (texts) => probabilities; classifierVictim() makes one of a model of ours
    attack: createAttack(attackSchema.parse({ name: 'deepwordbug' })),
    examples: [{ id: 'one', texts: ['A good film.'], label: 1 }],
    seed: 1,
    // file: 'attack.jsonl' keeps a line for each example, and goes on from there
  });
  const [change] = records[0]?.changes ?? [];
  const { successRate, meanQueries } = summarize(records);
  return `${change?.from ?? ''} -> ${change?.to ?? ''}, success ${String(successRate)}, ${String(meanQueries)} queries`;
  // good -> ogod, success 1, 7 queries
}
