import {
  type EmbeddedCorpus,
  embeddedCorpus,
  embeddedTokenizer,
  type Example,
  type GlueTask,
  taskNames,
  tasks,
} from '@im-bert/data';
import { trainBaseline } from './baseline.ts';

const names = taskNames.filter((task): task is GlueTask => task !== 'imdb');
const corpora = new Map(names.map((task) => [task, embeddedCorpus(task, { seed: 1 })]));

function corpus(task: GlueTask): EmbeddedCorpus {
  return corpora.get(task) ?? embeddedCorpus(task, { seed: 1 });
}

function accuracy(predict: (example: Example) => number, examples: readonly Example[]): number {
  return examples.filter((example) => predict(example) === example.label).length / examples.length;
}

test('the table of tasks and its list of names are the same', () => {
  expect([...taskNames].sort()).toEqual(Object.keys(tasks).sort());
});

test.each(names)('%s: equal seeds give equal corpora, other seeds others', (task) => {
  expect(embeddedCorpus(task, { seed: 1 })).toEqual(corpus(task));
  expect(embeddedCorpus(task, { seed: 2 }).train).not.toEqual(corpus(task).train);
});

test.each(names)('%s: clean words are in the closed vocabulary, typos are not', (task) => {
  const tokenizer = embeddedTokenizer('bert');
  const unknown = 1;
  const hasUnknown = ({ texts }: Example): boolean => tokenizer.encode(texts, 64).ids.includes(unknown);
  const { train, validation, adversarial } = corpus(task);
  expect([...train, ...validation].filter(hasUnknown)).toEqual([]);
  const odd = adversarial.filter((example) => hasUnknown(example));
  expect(odd.length).toBeGreaterThan(40);
  expect(odd.every(({ level }) => level === 'word')).toBe(true);
  expect(tokenizer.vocabularySize).toBeLessThan(500);
});

test.each(names)('%s: the lists hold every label, and pairs where GLUE has pairs', (task) => {
  const { labels, columns } = tasks[task];
  const { train, validation, adversarial } = corpus(task);
  for (const part of [train, validation, adversarial]) {
    expect(new Set(part.map(({ label }) => label)).size).toBe(labels.length);
    expect(part.every(({ texts }) => texts.length === columns.length)).toBe(true);
  }
});

test.each(names)('%s: every example says that it is synthetic, every twin also how it was made', (task) => {
  const { train, validation, adversarial } = corpus(task);
  const ids = [...train, ...validation, ...adversarial].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id.startsWith('synthetic/'))).toBe(true);
  expect(adversarial.every(({ method }) => method?.startsWith('synthetic-'))).toBe(true);
  expect(adversarial).toHaveLength(validation.length);
  for (const level of ['word', 'sentence', 'human'] as const)
    expect(adversarial.filter((twin) => twin.level === level).length).toBeGreaterThan(25);
});

test.each(names)('%s: no validation example is a training example', (task) => {
  const { train, validation } = corpus(task);
  const seen = new Set(train.map(({ texts }) => texts.join('\n')));
  const fresh = validation.filter(({ texts }) => !seen.has(texts.join('\n')));
  expect(fresh.length).toBe(validation.length);
});

test('both MNLI tasks train on the same examples and validate on different genres', () => {
  expect(corpus('mnli-mm').train).toEqual(corpus('mnli').train);
  const trained = new Set(corpus('mnli').train.flatMap(({ texts }) => texts.join(' ').split(' ')));
  const strange = ({ texts }: Example): boolean =>
    texts
      .join(' ')
      .split(' ')
      .some((word) => !trained.has(word));
  expect(corpus('mnli').validation.some(strange)).toBe(false);
  expect(corpus('mnli-mm').validation.every(strange)).toBe(true);
});

test.each(names)(
  '%s: a linear model on words and word pairs learns the clean task, and the twins hurt it',
  (task) => {
    const { train, validation, adversarial } = corpus(task);
    const predict = trainBaseline(train, tasks[task].labels.length);
    expect(accuracy(predict, validation)).toBeGreaterThan(0.95);
    expect(accuracy(predict, adversarial)).toBeLessThan(0.8);
  },
);
