import type { z } from 'zod';
import type { Measurement } from '../measurements/measurement.ts';
import type { RowSchema } from './columns.ts';
import { Database } from './database.ts';
import { readRows, replaceRows, type RowTable, storedDigest } from './row-table.ts';
import {
  type InvocationRow,
  invocationRow,
  type MeasuredRow,
  measuredRow,
  type ModelRow,
  modelRow,
  type SlotRow,
  slotRow,
  stepsTable,
  type TrainingRecord,
  validationsTable,
} from './rows.ts';
import { runStore } from './schema.ts';

/** What identifies a model when its training starts. */
export type NewModel = Pick<
  ModelRow,
  'model' | 'spec' | 'digest' | 'training_version' | 'seed' | 'flops' | 'versions' | 'commit_id' | 'machine'
>;

/** How measuring ended, without its rows. */
export type NewMeasured = Pick<MeasuredRow, 'subject' | 'model' | 'seconds' | 'flops' | 'machine'>;

/** A measurement's table: one for each version, so that rows of earlier ones stay as they are. */
function tableOf<Row extends RowSchema>({
  name,
  version,
  row,
}: Pick<Measurement<Row>, 'name' | 'version' | 'row'>): RowTable<Row> {
  return { name: version === 1 ? name : `${name}_${version}`, key: 'subject', row };
}

/**
 * The record of every trained model and all that was measured, in one DuckDB file with one writer. Each method is one
 * transaction: a process that is killed leaves either all of it or none, and what was recorded before stays.
 */
export class RunStore {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Opens the store for writing and creates it if need be. Models that a killed process left as `running` become
   * `interrupted`.
   * @throws UserError if another process holds the file, or if it is damaged or of another version
   */
  static async open(path: string): Promise<RunStore> {
    const database = await Database.open(path, runStore);
    await database.run(`update models set status = 'interrupted' where status = 'running'`);
    return new RunStore(database);
  }

  /**
   * Opens the store as it is now for reading, also while a process writes to it; undefined if there is none yet.
   * @throws UserError if it is damaged or of another version
   */
  static async read(path: string): Promise<RunStore | undefined> {
    const database = await Database.read(path, runStore);
    return database === undefined ? undefined : new RunStore(database);
  }

  /** Every model whose training was started. */
  async models(): Promise<ModelRow[]> {
    return this.#database.query(modelRow, 'select * from models order by started, model');
  }

  /** Every measurement that was made or failed, of any version. */
  async measured(): Promise<MeasuredRow[]> {
    return this.#database.query(
      measuredRow,
      'select * from measured order by finished, subject, measurement',
    );
  }

  /** What stands where in a table, in the table's order. */
  async slots(experiment: string, profile: string): Promise<SlotRow[]> {
    return this.#database.query(
      slotRow,
      `select * exclude (planned) from slots where experiment = ? and profile = ?
       order by row_position, task_position, seed`,
      [experiment, profile],
    );
  }

  /** What stands where in any table. */
  async allSlots(): Promise<SlotRow[]> {
    return this.#database.query(
      slotRow,
      'select * exclude (planned) from slots order by experiment, profile, row_position, task_position, seed',
    );
  }

  /** Records the plan of a table: which cell now stands in which slot. Slots of the table that are not given go. */
  async placeSlots(experiment: string, profile: string, slots: readonly SlotRow[]): Promise<void> {
    const database = this.#database;
    await database.transaction(async () => {
      await database.run('delete from slots where experiment = ? and profile = ?', [experiment, profile]);
      for (const slot of slots)
        await database.run(
          `insert or replace into slots values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, current_timestamp)`,
          [
            ...[slot.experiment, slot.profile, slot.row_name, slot.task, slot.seed],
            ...[slot.row_position, slot.task_position],
            ...[slot.model, slot.spec, slot.digest, slot.training_version],
          ],
        );
    });
  }

  /** Marks a model's training as started; seconds of earlier attempts stay, so that they add up. */
  async startTraining(run: NewModel): Promise<void> {
    await this.#database.run(
      `insert into models (model, status, spec, digest, training_version, seed, started, seconds, flops, versions,
         commit_id, machine) values (?, 'running', ?, ?, ?, ?, current_timestamp, 0, ?, ?, ?, ?)
       on conflict (model) do update set status = 'running', error = null, started = excluded.started,
         finished = null, flops = excluded.flops, versions = excluded.versions, commit_id = excluded.commit_id,
         machine = excluded.machine`,
      [
        ...[run.model, run.spec, run.digest, run.training_version, run.seed],
        ...[run.flops, run.versions, run.commit_id, run.machine],
      ],
    );
  }

  /** Records what training found and marks the model as done, in one transaction. */
  async finishTraining(model: string, record: TrainingRecord, seconds: number): Promise<void> {
    const database = this.#database;
    await database.transaction(async () => {
      await replaceRows(database, stepsTable, model, record.steps);
      await replaceRows(database, validationsTable, model, record.validations);
      await database.run(
        `update models set status = 'done', error = null, finished = current_timestamp, seconds = seconds + ?,
           steps = ?, facts = ? where model = ?`,
        [seconds, record.steps.length, JSON.stringify(record.facts), model],
      );
    });
  }

  /** Marks a model's training as ended without a result: `failed` with its reason, or `interrupted`. */
  async abandonTraining(
    model: string,
    status: 'failed' | 'interrupted',
    error: string | null,
    seconds: number,
  ): Promise<void> {
    await this.#database.run(
      `update models set status = ?, error = ?, finished = current_timestamp, seconds = seconds + ? where model = ?`,
      [status, error, seconds, model],
    );
  }

  /** Replaces a measurement's rows of one subject, in one transaction. */
  async keep(measurement: Measurement, of: NewMeasured, rows: readonly object[]): Promise<void> {
    const database = this.#database;
    await database.transaction(async () => {
      const table = tableOf(measurement);
      await replaceRows(database, table, of.subject, rows);
      const digest = await storedDigest(database, table, of.subject);
      await this.#mark(measurement, of, { status: 'done', error: null, digest });
    });
  }

  /** Records that measuring failed, and why. */
  async keepFailure(measurement: Measurement, of: NewMeasured, reason: string): Promise<void> {
    await this.#mark(measurement, of, { status: 'failed', error: reason, digest: null });
  }

  async #mark(
    { name, version }: Measurement,
    { subject, model, seconds, flops, machine }: NewMeasured,
    { status, error, digest }: Pick<MeasuredRow, 'status' | 'error' | 'digest'>,
  ): Promise<void> {
    await this.#database.run(
      `insert or replace into measured values (?, ?, ?, ?, ?, ?, current_timestamp, ?, ?, ?, ?)`,
      [subject, name, version, model, status, error, seconds, flops, machine, digest],
    );
  }

  /**
   * A measurement's rows in its present version, by subject; none where it was never made.
   * @throws UserError if they are not those that were stored
   */
  async rows<Row extends RowSchema>(
    measurement: Pick<Measurement<Row>, 'name' | 'version' | 'row'>,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, readonly z.output<z.ZodObject<Row>>[]>> {
    const asked = new Set(subjects);
    const made = (await this.measured()).filter(
      ({ subject, measurement: name, version, status }) =>
        asked.has(subject) &&
        name === measurement.name &&
        version === measurement.version &&
        status === 'done',
    );
    if (made.length === 0) return new Map();
    const digests = new Map(made.map(({ subject, digest }) => [subject, digest]));
    return readRows(this.#database, tableOf(measurement), digests);
  }

  /** Records that a table is being run with these options, for `im-bert resume`. */
  async beginInvocation(experiment: string, profile: string, options: string): Promise<void> {
    await this.#database.run('insert into invocations values (current_timestamp, ?, ?, ?, null, null)', [
      experiment,
      profile,
      options,
    ]);
  }

  async endInvocation(outcome: string): Promise<void> {
    await this.#database.run(
      `update invocations set finished = current_timestamp, outcome = ?
       where started = (select max(started) from invocations)`,
      [outcome],
    );
  }

  /** The latest invocation, of one experiment or of any. */
  async lastInvocation(experiment?: string): Promise<InvocationRow | undefined> {
    const [last] = await this.#database.query(
      invocationRow,
      `select experiment, profile, options, outcome from invocations
       where coalesce(?, experiment) = experiment order by started desc limit 1`,
      [experiment ?? null],
    );
    return last;
  }

  /** A typed query over the store's tables. */
  async query<Row>(schema: z.ZodType<Row>, sql: string, values: readonly string[] = []): Promise<Row[]> {
    return this.#database.query(schema, sql, values);
  }

  close(): void {
    this.#database.close();
  }
}
