import type { HostTensor } from '@im-bert/core';
import type { Residual } from '../solvers/residual.ts';
import type { Tensors } from './differentiate.ts';
import { float } from './host-tensors.ts';
import type { LayerResidual } from './types.ts';

const norms = ['absolute', 'relative'] as const satisfies readonly (keyof Residual<unknown>)[];

/** Residuals as a graph's outputs, `absolute.3` for the third layer; layers without any have none. */
export function residualOutputs(residuals: readonly (Residual<Tensors[string]> | null)[]): Tensors {
  return Object.fromEntries(
    residuals.flatMap((residual, index) =>
      residual === null ? [] : norms.map((norm) => [`${norm}.${index + 1}`, residual[norm]] as const),
    ),
  );
}

/** The residuals among a graph's outputs, first layer first. */
export function layerResiduals(outputs: Readonly<Record<string, HostTensor>>): LayerResidual[] {
  const layers = Object.keys(outputs).flatMap((name) => /^relative\.(\d+)$/.exec(name)?.[1] ?? []);
  const norm = (name: string, layer: string): LayerResidual['relative'] => float(outputs[`${name}.${layer}`]);
  return layers
    .map((layer) => ({
      layer: Number(layer),
      absolute: norm('absolute', layer),
      relative: norm('relative', layer),
    }))
    .sort((a, b) => a.layer - b.layer);
}
