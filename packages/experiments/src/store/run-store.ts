import type { z } from 'zod';
import { appendFinding } from './append-finding.ts';
import { Database } from './database.ts';
import {
  type Finding,
  type InvocationRow,
  invocationRow,
  type RunRow,
  runRow,
  type SlotRow,
  slotRow,
} from './rows.ts';
import { runStore } from './schema.ts';

/** What identifies a run when it starts. */
export type NewRun = Pick<
  RunRow,
  'cell' | 'spec' | 'digest' | 'stage_version' | 'seed' | 'flops' | 'versions' | 'commit_id' | 'machine'
>;

/**
 * The record of every run, in one DuckDB file with one writer. Each method is one transaction: a process that is killed
 * leaves either all of it or none, and what was recorded before stays.
 */
export class RunStore {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Opens the store for writing and creates it if need be. Runs that a killed process left as `running` become
   * `interrupted`.
   * @throws UserError if another process holds the file, or if it is damaged or of another version
   */
  static async open(path: string): Promise<RunStore> {
    const database = await Database.open(path, runStore);
    await database.run(`update runs set status = 'interrupted' where status = 'running'`);
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

  /** Every run, or those of the cells given. */
  async runs(cells?: readonly string[]): Promise<RunRow[]> {
    const all = await this.#database.query(runRow, 'select * from runs order by started, cell');
    if (cells === undefined) return all;
    const wanted = new Set(cells);
    return all.filter((run) => wanted.has(run.cell));
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

  /** Records the plan of a table: which cell now stands in which slot. Slots of the table that are not given go. */
  async placeSlots(experiment: string, profile: string, slots: readonly SlotRow[]): Promise<void> {
    const database = this.#database;
    await database.transaction(async () => {
      await database.run('delete from slots where experiment = ? and profile = ?', [experiment, profile]);
      for (const slot of slots)
        await database.run(
          `insert or replace into slots values (?, ?, ?, ?, ?, ?, ?, ?, current_timestamp)`,
          [
            ...[slot.experiment, slot.profile, slot.row_name, slot.task, slot.seed],
            ...[slot.row_position, slot.task_position, slot.cell],
          ],
        );
    });
  }

  /** Marks a run as started; seconds of earlier attempts stay, so that they add up. */
  async start(run: NewRun): Promise<void> {
    await this.#database.run(
      `insert into runs (cell, status, spec, digest, stage_version, seed, started, seconds, flops, versions, commit_id,
         machine) values (?, 'running', ?, ?, ?, ?, current_timestamp, 0, ?, ?, ?, ?)
       on conflict (cell) do update set status = 'running', error = null, started = excluded.started,
         finished = null, flops = excluded.flops, versions = excluded.versions, commit_id = excluded.commit_id,
         machine = excluded.machine`,
      [
        ...[run.cell, run.spec, run.digest, run.stage_version, run.seed],
        ...[run.flops, run.versions, run.commit_id, run.machine],
      ],
    );
  }

  /** Records all that a finished cell found and marks it as done, in one transaction. */
  async finish(cell: string, finding: Finding, seconds: number): Promise<void> {
    const database = this.#database;
    await database.transaction(async () => {
      for (const table of [
        'steps',
        'validations',
        'predictions',
        'residuals',
        'drift',
        'spectra',
        'attacked',
      ])
        await database.run(`delete from ${table} where cell = ?`, [cell]);
      await appendFinding(database, cell, finding);
      await database.run(
        `update runs set status = 'done', error = null, finished = current_timestamp, seconds = seconds + ?, steps = ?,
           facts = ? where cell = ?`,
        [seconds, finding.steps.length, JSON.stringify(finding.facts), cell],
      );
    });
  }

  /** Marks a run as ended without a result: `failed` with its reason, or `interrupted`. */
  async abandon(
    cell: string,
    status: 'failed' | 'interrupted',
    error: string | null,
    seconds: number,
  ): Promise<void> {
    await this.#database.run(
      `update runs set status = ?, error = ?, finished = current_timestamp, seconds = seconds + ? where cell = ?`,
      [status, error, seconds, cell],
    );
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

  /** A typed query over the store's tables; the reports' way in. */
  async query<Row>(schema: z.ZodType<Row>, sql: string, values: readonly string[] = []): Promise<Row[]> {
    return this.#database.query(schema, sql, values);
  }

  close(): void {
    this.#database.close();
  }
}
