import type { Spec } from './svg.ts';

/** A plot before it is drawn. */
export interface PlotDraft {
  readonly name: string;
  readonly caption: string;
  readonly spec: Spec;
}
