import type { EncoderConfig } from '@im-bert/models';

/** A two-layer encoder whose forward pass takes a moment on the CPU, with weights large enough to be far from linear. */
export const tinyConfig: EncoderConfig = {
  family: 'bert',
  vocabularySize: 24,
  width: 8,
  layers: 2,
  heads: 2,
  feedForwardWidth: 12,
  positions: 20,
  tokenTypes: 2,
  layerNormEpsilon: 1e-12,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  classifierDropout: 0.1,
  initializerRange: 0.3,
  padId: 0,
};
