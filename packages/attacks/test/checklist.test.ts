import { attackSchema, createAttack, runAttacks, textVictim } from '@im-bert/attacks';

const attack = createAttack(attackSchema.parse({ name: 'checklist', variant: 'textattack' }));

/** Attacks a victim that always answers right, less surely once a text has changed; with every text that it was asked. */
async function asked(text: string, seed = 1) {
  const heard: string[] = [];
  const victim = textVictim((texts) => {
    heard.push(...texts);
    return Promise.resolve(texts.map((other) => (other === text ? [0.1, 0.9] : [0.2, 0.8])));
  });
  const { records } = await runAttacks({
    victim,
    attack,
    examples: [{ id: 'a', texts: [text], label: 1 }],
    seed,
  });
  return { heard, record: records[0] };
}

test.each([
  ['a name', 'Mary sings', /^[A-Z][a-z]+ sings$/],
  ['a place', 'in Paris now', /^in [A-Z][a-z]+ now$/],
  ['a number', 'about 40 men', /^about [0-9]+ men$/],
  ['a number word', 'about seven men', /^about [a-z]+ men$/],
  ['an expansion', "It isn't. Bad", /^It is not\. Bad$/],
  ['a contraction', 'Do not go', /^Don't go$/],
])('TextAttack’s CheckList changes %s', async (_, text, pattern) => {
  const { heard } = await asked(text);
  expect(heard.length).toBeGreaterThan(1);
  for (const other of heard.slice(1)) expect(other).toMatch(pattern);
  expect(heard.slice(1)).not.toContain(text);
});

test('changes stand beside each other, a word changed once, and repeat by seed', async () => {
  const text = "Mary isn't in Paris, and 7 do not go.";
  const { heard, record } = await asked(text);
  expect((await asked(text)).heard).toEqual(heard);
  expect((await asked(text, 2)).heard).not.toEqual(heard);
  expect(record?.status).toBe('failed');
});

test.each(['', 'word', 'word '.repeat(10_000), '🙂🙂', '>>>>', "n't", 'not not'])(
  'a text without anything to change stays as it is (case %#)',
  async (text) => {
    expect((await asked(text)).record).toMatchObject({ status: 'failed', changes: [], queries: 1 });
  },
);

test('a contraction and an expansion stand beside each other, with the words around them', async () => {
  const text = "It isn't bad. Do not go, is.Not";
  const victim = textVictim((texts) =>
    Promise.resolve(
      texts.map((other) => {
        const wrong = 0.3 * Number(other.includes("Don't")) + 0.3 * Number(other.includes('is not'));
        return [wrong, 1 - wrong];
      }),
    ),
  );
  const { records } = await runAttacks({
    victim,
    attack,
    examples: [{ id: 'a', texts: [text], label: 1 }],
    seed: 1,
  });
  expect(records[0]).toMatchObject({ status: 'success', perturbed: "It is not bad. Don't go, is.Not" });
  expect(records[0]?.changes).toEqual([
    { position: 1, from: "isn't", to: 'is not' },
    { position: 3, from: 'Do not', to: "Don't" },
  ]);
});
