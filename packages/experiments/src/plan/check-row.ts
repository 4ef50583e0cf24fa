import { formatPath, formatPlace, type Mistake, type Path, placeOf, UserError, valueAt } from '@im-bert/core';
import { layerKinds } from '@im-bert/models';
import type { TrainingSpec } from '@im-bert/training';
import { scratchLength } from '../experiment/limits.ts';
import type { LoadedExperiment } from '../experiment/load.ts';
import type { ResolvedRow } from './resolve-rows.ts';

type Checked = Pick<ResolvedRow, 'name' | 'encoder' | 'connection' | 'train' | 'training'>;

function mistakeAt(
  { document }: LoadedExperiment,
  path: Path,
  words: Pick<Mistake, 'expected' | 'got'>,
): UserError {
  const where = `${formatPlace(placeOf(document, path))} ${formatPath(path)}`;
  return new UserError({ ...words, where });
}

/** Where a row's setting of training was written; the nearest place that says it. */
function trainingPath({ document }: LoadedExperiment, row: string, task: string, key: string): Path {
  const paths: Path[] = [
    ['rows', row, 'training', key],
    ['taskTraining', task, key],
  ];
  return paths.find((path) => valueAt(document, path) !== undefined) ?? ['training', key];
}

function checkTraining(loaded: LoadedExperiment, row: Checked, task: string, spec: TrainingSpec): void {
  const { encoder, train, name } = row;
  const { maxLength, validationShare } = spec;
  if (encoder.from === 'scratch' && maxLength > scratchLength)
    throw mistakeAt(loaded, trainingPath(loaded, name, task, 'maxLength'), {
      expected: `a number <= ${scratchLength}, for an encoder from scratch has no more positions`,
      got: String(maxLength),
    });
  if (train === 'all') return;
  const validation = Math.round(train * validationShare);
  if (validation === 0 || validation === train)
    throw mistakeAt(loaded, trainingPath(loaded, name, task, 'validationShare'), {
      expected: `a share that leaves some of the ${train} examples for training and some for validation`,
      got: `${validationShare}, which is ${validation} examples`,
    });
}

/** @throws UserError, with its place, for what the schema allows but this row's encoder or data cannot have */
export function checkRow(loaded: LoadedExperiment, row: Checked): void {
  const { connection, encoder, name } = row;
  try {
    layerKinds(connection, encoder.layers);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [mistake = { expected: 'other layers', got: 'these' }] = error.mistakes;
    throw mistakeAt(loaded, ['rows', name, 'connection', 'layers'], mistake);
  }
  for (const [task, spec] of row.training) checkTraining(loaded, row, task, spec);
}
