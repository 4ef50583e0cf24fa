/**
 * What is measured: classifiers of these sizes with random weights, dropout 0.1 everywhere in training, Adam included.
 * Letters as in the packages: L layers, D width, H heads, F feed-forward width.
 */
const base = { layers: 12, width: 768, heads: 12, feedForwardWidth: 3072, batch: 16, length: 128 };
const small = { layers: 12, width: 384, heads: 12, feedForwardWidth: 1536, batch: 16, length: 64 };

/** Algorithm 1 with the paper's T and step. */
const descent = (layers, gradient) => ({
  kind: 'implicit',
  layers,
  solver: { name: 'gradient-descent', iterations: 5, stepSize: 0.1 },
  gradient: { name: gradient },
});
const converging = (name) => ({
  kind: 'implicit',
  layers: 'all',
  solver: { name, iterations: 5 },
  gradient: { name: 'unrolled' },
});

/** The rows of docs/performance.md by their name: a title, sizes, the connection and what a step does. */
export const cases = {
  'base-train': { title: 'BERT-base, train', sizes: base, pass: 'train' },
  'base-infer': { title: 'BERT-base, inference', sizes: base, pass: 'infer' },
  'small-train': { title: '12 layers of 384, train', sizes: small, pass: 'train', besideTfjs: true },
  'small-infer': { title: '12 layers of 384, inference', sizes: small, pass: 'infer', besideTfjs: true },
  'middle-detached': {
    title: 'IM T = 5 on layers 4-6, detached, train',
    ...{ sizes: small, pass: 'train', connection: descent('4-6', 'detached') },
  },
  'all-detached': {
    title: 'IM T = 5 on all layers, detached, train',
    ...{ sizes: small, pass: 'train', connection: descent('all', 'detached') },
  },
  'all-infer': {
    title: 'IM T = 5 on all layers, inference',
    ...{ sizes: small, pass: 'infer', connection: descent('all', 'detached') },
  },
  'middle-unrolled': {
    title: 'IM T = 5 on layers 4-6, unrolled, train',
    ...{ sizes: small, pass: 'train', connection: descent('4-6', 'unrolled') },
  },
  'all-unrolled': {
    title: 'IM T = 5 on all layers, unrolled, train',
    ...{ sizes: small, pass: 'train', connection: descent('all', 'unrolled') },
  },
  'all-picard': {
    title: 'IM by Picard, T = 5, all layers, exact gradient, train',
    ...{ sizes: small, pass: 'train', connection: converging('picard') },
  },
  'all-anderson': {
    title: 'IM by Anderson, T = 5, all layers, exact gradient, train',
    ...{ sizes: small, pass: 'train', connection: converging('anderson') },
  },
};

export const vocabulary = 30_522;

/**
 * Floating-point operations of the matrix products in a training step of BERT as this project does it: three times the
 * forward pass, whose last layer computes keys and values everywhere and all else at the first position only.
 */
export function trainingProducts({ layers, width, feedForwardWidth, batch, length }) {
  const token = 2 * (4 * width * width + 2 * width * feedForwardWidth) + 4 * length * width;
  const keysAndValues = 4 * width * width;
  return 3 * batch * length * ((layers - 1) * token + keysAndValues);
}
