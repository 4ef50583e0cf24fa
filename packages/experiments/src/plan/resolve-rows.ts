import {
  formatPlace,
  type Located,
  mergeLocated,
  nearest,
  placeOf,
  UserError,
  validate,
  valueAt,
} from '@im-bert/core';
import type { Task } from '@im-bert/data';
import type { ConnectionSpec } from '@im-bert/models';
import { trainingSchema, type TrainingSpec } from '@im-bert/training';
import { placeLayerGroup } from '../experiment/layer-group.ts';
import { identifiedBy, type LoadedExperiment } from '../experiment/load.ts';
import type { RowSpec } from '../experiment/schema.ts';
import type { PresentEncoder } from './cell.ts';
import { checkRow } from './check-row.ts';

/** A row that is run. */
export interface ResolvedRow {
  readonly name: string;
  readonly spec: RowSpec;
  readonly encoder: PresentEncoder;
  readonly connection: ConnectionSpec;
  /** Training examples of a task and seed. */
  readonly train: LoadedExperiment['experiment']['data']['train'];
  readonly training: ReadonlyMap<Task, TrainingSpec>;
  /** Said under the table, such as where a layer group was placed. */
  readonly note: string | undefined;
}

/** A row that is left out, and why. */
interface OmittedRow {
  readonly name: string;
  readonly reason: string;
}

/** An experiment's rows, those to run and those left out. */
export interface ResolvedRows {
  readonly rows: readonly ResolvedRow[];
  readonly omitted: readonly OmittedRow[];
}

/** The experiment's recipe, then the task's, then the row's, laid over each other. */
function recipe(document: Located, name: string, task: Task): TrainingSpec {
  const layers = [['training'], ['taskTraining', task], ['rows', name, 'training']];
  const merged = layers
    .map((path) => valueAt(document, path))
    .reduce<Located | undefined>(
      (below, above) =>
        below === undefined || above === undefined
          ? (above ?? below)
          : mergeLocated(below, above, { identifiedBy }),
      undefined,
    );
  return merged === undefined ? trainingSchema.parse({}) : validate(trainingSchema, merged);
}

function placedConnection(
  row: RowSpec,
  encoder: PresentEncoder,
): { connection: ConnectionSpec; note?: string } {
  const { connection, layerGroup } = row;
  if (layerGroup === undefined || !('layers' in connection)) return { connection };
  const { first, last, scaled } = placeLayerGroup(layerGroup, encoder.layers);
  const layers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const placed = first === last ? `layer ${first}` : `layers ${first}-${last}`;
  const note = scaled ? `${placed} of ${encoder.layers}, for ${layerGroup}` : undefined;
  return { connection: { ...connection, layers }, ...(note === undefined ? {} : { note }) };
}

function encoderOf(
  loaded: LoadedExperiment,
  name: string,
  row: RowSpec,
): LoadedExperiment['experiment']['encoders'][string] {
  const encoder = loaded.experiment.encoders[row.encoder];
  if (encoder !== undefined) return encoder;
  const names = Object.keys(loaded.experiment.encoders);
  throw new UserError({
    where: `${formatPlace(placeOf(loaded.document, ['rows', name, 'encoder']))} rows.${name}.encoder`,
    expected: names.length === 0 ? 'an encoder under `encoders`' : names.join(' or '),
    got: `"${row.encoder}"`,
    nearest: nearest(row.encoder, names),
  });
}

/** Encoders from scratch know the words of the embedded data only. */
function checkVocabulary(
  loaded: LoadedExperiment,
  name: string,
  row: RowSpec,
  encoder: PresentEncoder,
): void {
  if (encoder.from !== 'scratch' || loaded.experiment.data.source === 'embedded') return;
  throw new UserError({
    where: `${formatPlace(placeOf(loaded.document, ['encoders', row.encoder]))} rows.${name}.encoder`,
    expected: 'a pretrained encoder (from: hub) for real data',
    got: 'one from scratch, whose vocabulary is that of the embedded data',
    remedy: 'Set data.source to embedded, or take an encoder from the hub.',
  });
}

function checkBaseline(
  loaded: LoadedExperiment,
  path: readonly string[],
  baseline: string | undefined,
): void {
  const names = Object.keys(loaded.experiment.rows);
  if (baseline === undefined || names.includes(baseline)) return;
  throw new UserError({
    where: `${formatPlace(placeOf(loaded.document, path))} ${path.join('.')}`,
    expected: names.join(', '),
    got: `"${baseline}"`,
    nearest: nearest(baseline, names),
  });
}

/** Turns an experiment's rows into what is run. @throws UserError if a row names an encoder or a baseline that there is not */
export function resolveRows(loaded: LoadedExperiment): ResolvedRows {
  const rows: ResolvedRow[] = [];
  const omitted: OmittedRow[] = [];
  checkBaseline(loaded, ['baseline'], loaded.experiment.baseline);
  for (const [name, row] of Object.entries(loaded.experiment.rows)) {
    const encoder = encoderOf(loaded, name, row);
    checkBaseline(loaded, ['rows', name, 'baseline'], row.baseline);
    const reason = row.omit ?? (encoder.from === 'nowhere' ? encoder.reason : undefined);
    if (reason !== undefined) omitted.push({ name, reason });
    else if (encoder.from !== 'nowhere') {
      checkVocabulary(loaded, name, row, encoder);
      const { connection, note } = placedConnection(row, encoder);
      const training = new Map(
        loaded.experiment.tasks.map((task) => [task, recipe(loaded.document, name, task)] as const),
      );
      const train = row.data?.train ?? loaded.experiment.data.train;
      checkRow(loaded, { name, encoder, connection, train, training });
      rows.push({ name, spec: row, encoder, connection, train, training, note });
    }
  }
  return { rows, omitted };
}
