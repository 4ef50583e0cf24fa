import type { Results } from '../results.ts';
import { measuredSections } from '../sections.ts';
import { accuracyPlot } from './accuracy.ts';
import { driftPlot } from './drift.ts';
import { renderSvg } from './plot.ts';
import { residualPlot } from './residuals.ts';
import { scatterPlot } from './scatter.ts';
import { spectraPlot } from './spectra.ts';
import { stabilityPlot } from './stability.ts';

/** A drawn plot. */
export interface Plot {
  readonly file: string;
  /** One or two sentences below the picture, which say how to read it. */
  readonly caption: string;
  readonly svg: string;
}

/** Every plot that has something to show. */
export async function renderPlots(results: Results): Promise<readonly Plot[]> {
  const drafts = [
    accuracyPlot(results),
    residualPlot(results),
    scatterPlot(results),
    driftPlot(results),
    spectraPlot(results),
    stabilityPlot(results),
    ...measuredSections.map(({ plot }) => plot?.(results)),
  ].flatMap((draft) => draft ?? []);
  return Promise.all(
    drafts.map(async ({ name, caption, spec }) => ({
      file: `${results.input.table.id}-${name}.svg`,
      caption,
      svg: await renderSvg(spec),
    })),
  );
}
