import { variants } from '@im-bert/core';
import type { z } from 'zod';
import type { Joined, Joint, Layer } from './connection.ts';
import { explicit } from './explicit.ts';
import { implicit } from './implicit.ts';
import { chosenLayers } from './layers.ts';
import { monotone } from './monotone.ts';
import { solverAmplifiesRounding } from '../solvers/solvers.ts';
import type { SolveOptions } from './options.ts';
import { phiOf } from './phi.ts';

/** The ways to join two layers: a new one is a file and a row here. */
const connections = variants('kind', { monotone, explicit, implicit });

/** How one layer's state becomes the next one's. */
export type ConnectionKind = keyof typeof connections.members;
export const connectionKinds = Object.keys(connections.members) as readonly ConnectionKind[];

/** The connections of a model: which layers, of which kind, solved and differentiated how. Unknown keys are errors. */
export const connectionSchema = connections.schema;
export type ConnectionSpec = z.output<typeof connectionSchema>;

/** Every layer connected as in BERT: h_t = phi_t(h_{t-1}), Eq. 1. */
export const monotoneConnection: ConnectionSpec = { kind: 'monotone' };

/** The connection of the layers that a specification does not choose. */
function elsewhere(spec: ConnectionSpec): ConnectionSpec {
  if (!('elsewhere' in spec) || spec.elsewhere === 'monotone') return monotoneConnection;
  return { kind: spec.elsewhere, layers: 'all', eulerStep: spec.eulerStep, phi: spec.phi };
}

/**
 * The kind of each layer, first layer first.
 * @param depth number of layers
 * @throws UserError if the specification names a layer that does not exist
 */
export function layerKinds(spec: ConnectionSpec, depth: number): readonly ConnectionKind[] {
  const layers = 'layers' in spec ? spec.layers : 'all';
  return chosenLayers(layers, depth).map((chosen) => (chosen ? spec.kind : elsewhere(spec).kind));
}

/** Joins a layer of that kind to the one before it. */
export function connect(spec: ConnectionSpec, kind: ConnectionKind, joint: Joint): Joined {
  return connections.create(kind === spec.kind ? spec : elsewhere(spec)).join(joint);
}

/** phi_t of Eq. 5 and 6 by the specification; the whole layer where it does not say. */
export function phiBy(spec: ConnectionSpec, layer: Layer): Layer {
  return phiOf('phi' in spec ? spec.phi : 'layer', layer);
}

/** Whether layers of that kind solve an equation. */
export function solves(kind: ConnectionKind): boolean {
  return 'solver' in connections.members[kind].schema.shape;
}

/** How the equation of the layers of a kind is solved; undefined where they solve none. */
export function solveOf(spec: ConnectionSpec, kind: ConnectionKind = spec.kind): SolveOptions | undefined {
  return kind === spec.kind && 'solver' in spec ? spec : undefined;
}

/** Whether results depend on the order of sums, and so on the engine, by more than rounding. */
export function amplifiesRounding(spec: ConnectionSpec): boolean {
  const solve = solveOf(spec);
  return solve !== undefined && solverAmplifiesRounding(solve.solver);
}

/** The same model solved with other iterations; as it is where nothing is solved. */
export function withIterations(spec: ConnectionSpec, iterations: number | undefined): ConnectionSpec {
  if (iterations === undefined || !('solver' in spec)) return spec;
  return { ...spec, solver: { ...spec.solver, iterations } };
}

/**
 * What of a specification makes a difference: the kind of each layer, and the settings that some layer reads. `4-6` and
 * `[4, 5, 6]` are the same.
 */
export function connectionSettings(spec: ConnectionSpec, depth: number): Readonly<Record<string, unknown>> {
  return { kinds: layerKinds(spec, depth), ...connections.create(spec).settings };
}

/** What models of the specification are called before their family's name: `im` of IM-BERT; empty for plain ones. */
export function namePrefix({ kind }: ConnectionSpec): string {
  return connections.members[kind].prefix;
}

/** The prefixes that there are. */
export const namePrefixes = Object.values(connections.members).map(({ prefix }) => prefix);
