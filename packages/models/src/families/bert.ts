import type { EncoderFamily } from './family.ts';

/** BERT (Devlin et al., 2019). */
export const bert: EncoderFamily = {
  architecture: 'BertForSequenceClassification',
  renamed: [],
  padId: 0,
  layerNormEpsilon: 1e-12,
  positionsAfterPadding: false,
  hasTokenTypes: true,
  shared: null,
  head: ['pooler.dense.weight', 'pooler.dense.bias', 'classifier.weight', 'classifier.bias'],
  headDropsFeatures: false,
  constants: {},
  paperCountsNorms: false,
};
