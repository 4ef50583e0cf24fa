import type { Results } from '../results.ts';
import { layerLines } from './layer-lines.ts';
import type { PlotDraft } from './plot.ts';

/** The spectral radius of the Jacobian of phi, by layer and model. */
export function spectraPlot(results: Results): PlotDraft | undefined {
  const radii = (results.input.spectra ?? []).map(({ radius, ...of }) => ({ ...of, value: radius }));
  return layerLines(results, radii, {
    name: 'spectra',
    topic: 'spectral radius of the layers',
    caption:
      'Estimated spectral radius of the Jacobian of phi, layer by layer, at the state where the layer evaluates phi (an implicit ' +
      'layer’s output, else its input): mean over clean examples and seeds. Below 1, plain fixed-point iteration converges.',
    layerTitle: 'layer',
    valueTitle: 'spectral radius',
  });
}
