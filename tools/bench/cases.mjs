/**
 * What is measured: training steps of a fresh BERT classifier of these sizes, dropout 0.1 everywhere, Adam included.
 * Letters as in the packages: L layers, D width, H heads, F feed-forward width.
 */
export const cases = {
  'bert-base': { layers: 12, width: 768, heads: 12, feedForwardWidth: 3072, batch: 16, length: 128 },
  small: { layers: 12, width: 384, heads: 12, feedForwardWidth: 1536, batch: 16, length: 64 },
};

export const vocabulary = 30_522;
