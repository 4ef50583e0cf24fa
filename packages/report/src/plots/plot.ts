import { parse, textMetrics, View } from 'vega';
import { compile, type Config, type TopLevelSpec } from 'vega-lite';
import type { Results } from '../results.ts';
import { inDarkMode } from './dark-mode.ts';

declare module 'vega' {
  /** How wide texts are taken to be where there is no canvas to measure them; its typings leave it out. */
  const textMetrics: { width: (item: { readonly fontSize?: number }, text: unknown) => number };
}

/** A plot before it is drawn. */
export interface PlotDraft {
  readonly name: string;
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

/** A plot's title, with what it shows; generated data never passes for real. */
export function plotTitle({ input }: Results, topic: string) {
  const { table, synthetic, cells, provenance } = input;
  const seeds = new Set(cells.map(({ seed }) => seed)).size;
  return {
    text: `${table.title}${synthetic ? ' (synthetic data)' : ''}: ${topic}`,
    subtitle: `profile ${provenance.profile}, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}`,
  };
}

/** Width of each of so many panels beside one another, in pixels: one alone is as wide as its title. */
export function panelWidth(panels: number): number {
  return panels === 1 ? 420 : 210;
}

/** Panels of tasks or models side by side, each with axes of its own: a shared one would stand under empty places too. */
export const ownAxes = { axis: { x: 'independent', y: 'independent' } } as const;

/** Colours that remain distinct for every common kind of colour blindness (Okabe and Ito 2008), darkest first. */
export const modelColours = [
  ...['#000000', '#E69F00', '#0072B2', '#009E73'],
  ...['#D55E00', '#CC79A7', '#56B4E9', '#999999'],
];

/** Seven shapes beside eight colours: no two of the first 56 models have both in common, in print nor on a screen. */
const modelShapes = [
  ...['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'],
];

/** Colour and shape of the shown models: a model has the same ones in all plots of a report, whichever it is missing from. */
export function modelEncoding({ input }: Results, shown: readonly string[], orient: 'right' | 'bottom') {
  const places = input.table.rows.flatMap(({ name }, place) =>
    shown.includes(name) ? [{ name, place }] : [],
  );
  const of = (range: readonly string[]) => ({
    field: 'model',
    type: 'nominal' as const,
    scale: {
      domain: places.map(({ name }) => name),
      range: places.map(({ place }) => range[place % range.length] ?? ''),
    },
    legend: { title: null, orient },
  });
  return { color: of(modelColours), shape: of(modelShapes) };
}

/** The two kinds of test set and the paper's adversarial number. */
export const kindColours = { adversarial: '#D55E00', clean: '#0072B2', paper: '#666666' } as const;

const font = 'Helvetica, Arial, "DejaVu Sans", sans-serif';

/** One look for all plots: thin grid, text that is readable at half size. */
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
    labelLimit: 0,
  },
  header: { labelFont: font, labelFontSize: 12, labelFontWeight: 'bold', labelLimit: 0, titleFont: font },
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

/** Mean width of a character, as a share of the font's size: Vega's 0.8 leaves half of the picture empty. */
const characterWidth = 0.6;

/** Draws a plot as SVG text for light and dark pages, without a DOM. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  textMetrics.width = ({ fontSize = 11 }, text) => characterWidth * fontSize * String(text).length;
  const view = new View(parse(compile(spec, { config }).spec), { renderer: 'none' });
  try {
    return inDarkMode(await view.toSVG());
  } finally {
    view.finalize();
  }
}
