import type { EncoderFamily } from './family.ts';

/** RoBERTa (Liu et al., 2019): BERT's layers, other positions and another head. */
export const roberta: EncoderFamily = {
  architecture: 'RobertaForSequenceClassification',
  renamed: [],
  padId: 1,
  layerNormEpsilon: 1e-5,
  positionsAfterPadding: true,
  hasTokenTypes: true,
  shared: null,
  head: [
    'classifier.dense.weight',
    'classifier.dense.bias',
    'classifier.out_proj.weight',
    'classifier.out_proj.bias',
  ],
  headDropsFeatures: true,
  constants: {},
  paperCountsNorms: true,
};
