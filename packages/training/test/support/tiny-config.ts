import type { EncoderConfig } from '@im-bert/models';

/** Two narrow layers over the toy batches' vocabulary, with dropout. */
export const tinyConfig: EncoderConfig = {
  ...{ family: 'bert', vocabularySize: 8, width: 8, layers: 2, heads: 2, feedForwardWidth: 16, positions: 8 },
  ...{ tokenTypes: 2, layerNormEpsilon: 1e-12, initializerRange: 0.1, padId: 0 },
  ...{ hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1 },
};
