import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EncoderConfig, monotoneConnection, randomModel, saveModel } from '@im-bert/models';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'film', 'is', 'good', 'bad', '.', '##s'];

const config: EncoderConfig = {
  family: 'bert',
  vocabularySize: words.length,
  width: 16,
  layers: 2,
  heads: 2,
  feedForwardWidth: 64,
  positions: 64,
  tokenTypes: 2,
  layerNormEpsilon: 1e-12,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  classifierDropout: 0.1,
  initializerRange: 0.02,
  padId: 0,
};

const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
};

/** Writes a hub folder with one tiny random encoder of 2 layers of 16; returns the model's folder. */
export async function writeTinyModel(hub: string, name = 'tiny/bert'): Promise<string> {
  const folder = join(hub, 'models', name);
  await mkdir(folder, { recursive: true });
  await saveModel(folder, randomModel({ config, connection: monotoneConnection, labels: 2 }, 1));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  return folder;
}

/** An experiment on the embedded data with that encoder. */
export const pretrainedTable = `
title: Pretrained
tasks: [sst2]
seeds: 1
data: { source: embedded, train: 40, clean: 10 }
encoders: { bert: { from: hub, model: tiny/bert, layers: 2, width: 16 } }
training: { maxLength: 16, epochs: 1 }
rows:
  BERT: { encoder: bert, connection: { kind: monotone } }
`;
