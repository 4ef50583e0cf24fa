import type { Results } from '../results.ts';
import { adversarialName } from '../set-names.ts';
import { layerLines } from './layer-lines.ts';
import type { PlotDraft } from './plot.ts';

/** How far attacks move the first position's state, by layer and model: the paper's claim, measured. */
export function driftPlot(results: Results): PlotDraft | undefined {
  const drifts = (results.input.drifts ?? []).map(({ relative, ...of }) => ({ ...of, value: relative }));
  return layerLines(results, drifts, {
    name: 'drift',
    topic: 'drift under attack',
    caption:
      `How far an attack moves the state that the classifier reads, layer by layer: distance between the states of the ` +
      `${adversarialName(results)} text and of its original, divided by the original's norm; mean over examples and seeds. ` +
      'Layer 0 is the embeddings’ output. The paper says that implicit connections keep this small.',
    layerTitle: 'layer (0 = embeddings)',
    valueTitle: 'relative drift',
  });
}
