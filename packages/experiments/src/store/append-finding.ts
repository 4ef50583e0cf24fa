import { type DuckDBAppender, FLOAT, LIST } from '@duckdb/node-api';
import type { StepRecord, ValidationRecord } from '@im-bert/training';
import type { Database } from './database.ts';
import type { AttackedText, Finding, LayerDrift, LayerSpectrum, Prediction, SplitResidual } from './rows.ts';

const floatList = LIST(FLOAT);

function orNull(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : value;
}

function appendDouble(row: DuckDBAppender, value: number | null): void {
  const finite = orNull(value);
  if (finite === null) row.appendNull();
  else row.appendDouble(finite);
}

function appendText(row: DuckDBAppender, value: string | undefined): void {
  if (value === undefined) row.appendNull();
  else row.appendVarchar(value);
}

function writeStep(row: DuckDBAppender, item: StepRecord): void {
  row.appendInteger(item.step);
  row.appendInteger(item.epoch);
  appendDouble(row, item.loss);
  row.appendDouble(item.learningRate);
  appendDouble(row, item.gradientNorm);
  row.appendBoolean(item.skipped);
}

function writeValidation(row: DuckDBAppender, item: ValidationRecord): void {
  row.appendInteger(item.epoch);
  row.appendInteger(item.step);
  appendDouble(row, item.loss);
  row.appendDouble(item.accuracy);
}

function writePrediction(row: DuckDBAppender, item: Prediction): void {
  row.appendVarchar(item.split);
  row.appendVarchar(item.example);
  row.appendInteger(item.label);
  row.appendInteger(item.predicted);
  row.appendList([...item.logits], floatList);
  appendText(row, item.level);
  appendText(row, item.method);
}

function writeResidual(row: DuckDBAppender, item: SplitResidual): void {
  row.appendVarchar(item.split);
  row.appendInteger(item.layer);
  row.appendInteger(item.iteration);
  appendDouble(row, item.relative);
  row.appendInteger(item.examples);
}

/** A mean over examples in one layer. */
function writeLayerMean(row: DuckDBAppender, layer: number, value: number, examples: number): void {
  row.appendInteger(layer);
  appendDouble(row, value);
  row.appendInteger(examples);
}

function writeDrift(row: DuckDBAppender, { layer, relative, examples }: LayerDrift): void {
  writeLayerMean(row, layer, relative, examples);
}

function writeSpectrum(row: DuckDBAppender, { layer, radius, examples }: LayerSpectrum): void {
  writeLayerMean(row, layer, radius, examples);
}

function writeAttacked(row: DuckDBAppender, item: AttackedText): void {
  for (const text of [item.example, item.attack, item.status]) row.appendVarchar(text);
  for (const count of [item.queries, item.cacheHits, item.changedWords, item.words]) row.appendInteger(count);
  row.appendVarchar(item.original);
  row.appendVarchar(item.perturbed);
}

/** Appends all that a cell found, in bulk. Numbers that are not finite become null. */
export async function appendFinding(database: Database, cell: string, finding: Finding): Promise<void> {
  const append = async <Item>(
    table: string,
    items: readonly Item[],
    write: (row: DuckDBAppender, item: Item) => void,
  ): Promise<void> =>
    database.append(table, items, (row, item) => {
      row.appendVarchar(cell);
      write(row, item);
    });
  await append('steps', finding.steps, writeStep);
  await append('validations', finding.validations, writeValidation);
  await append('predictions', finding.predictions, writePrediction);
  await append('residuals', finding.residuals, writeResidual);
  await append('drift', finding.drift, writeDrift);
  await append('spectra', finding.spectra, writeSpectrum);
  await append('attacked', finding.attacked, writeAttacked);
}
