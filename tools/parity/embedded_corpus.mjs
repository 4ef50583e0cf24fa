// Writes the embedded corpora as token ids, for embedded_learnability.py: node tools/parity/embedded_corpus.mjs > FILE
import { embeddedCorpus, embeddedTokenizer, encodeExamples, tasks } from '@im-bert/data';

const tokenizer = embeddedTokenizer('bert');
const corpora = Object.entries(tasks)
  .filter(([task]) => task !== 'imdb')
  .map(([task, { labels }]) => {
    const parts = Object.entries(embeddedCorpus(task, { seed: 1 })).map(([part, examples]) => [
      part,
      encodeExamples(tokenizer, examples, 64).map((row, index) => ({ ...row, level: examples[index].level })),
    ]);
    return [task, { labels: labels.length, ...Object.fromEntries(parts) }];
  });
process.stdout.write(
  JSON.stringify({ vocabulary: tokenizer.vocabularySize, tasks: Object.fromEntries(corpora) }),
);
