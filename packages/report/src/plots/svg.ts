import { parse, View } from 'vega';
import { compile, type Config, type TopLevelSpec } from 'vega-lite';

/** A Vega-Lite plot. */
export type Spec = TopLevelSpec;

const font = 'Helvetica, Arial, "DejaVu Sans", sans-serif';

/** One look for all plots: white ground, thin grid, text that is readable at half size. */
const config: Config = {
  background: 'white',
  axis: {
    labelFont: font,
    titleFont: font,
    labelFontSize: 11,
    titleFontSize: 12,
    gridColor: '#e5e5e5',
    titleFontWeight: 'normal',
  },
  legend: {
    labelFont: font,
    titleFont: font,
    labelFontSize: 11,
    titleFontSize: 12,
    symbolSize: 90,
    labelLimit: 260,
  },
  header: { labelFont: font, labelFontSize: 12, labelFontWeight: 'bold', titleFont: font },
  title: {
    font,
    subtitleFont: font,
    fontSize: 14,
    subtitleFontSize: 11,
    anchor: 'start',
    subtitleColor: '#555',
    offset: 12,
  },
};

/** Draws a plot as SVG text, without a DOM. */
export async function renderSvg(spec: Spec): Promise<string> {
  const view = new View(parse(compile(spec, { config }).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
