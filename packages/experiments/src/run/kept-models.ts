import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel, type Model, saveModel } from '@im-bert/models';
import { tasks } from '@im-bert/data';
import { type CellSpec, scoredConnection } from '../plan/cell.ts';

/** A trained model's weights on the disk. */
export interface KeptModel {
  readonly model: string;
  readonly folder: string;
  readonly bytes: number;
  /** When it was saved. */
  readonly saved: Date;
}

/** Trained models in Hugging Face's layout, a folder each, named by the content hash of what decides their weights. */
export class KeptModels {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  folderOf(model: string): string {
    return join(this.#folder, model);
  }

  /** config.json is written last, so a folder that has it is whole. */
  has(model: string): boolean {
    return existsSync(join(this.folderOf(model), 'config.json'));
  }

  /**
   * Saves a model so that other tools open it, too, with its classes named.
   * @param tokenizerFrom a folder whose tokenizer is the model's; undefined where it has no files
   */
  async save(
    id: string,
    model: Model,
    task: CellSpec['task'],
    tokenizerFrom: string | undefined,
  ): Promise<void> {
    await saveModel(this.folderOf(id), model, { classNames: tasks[task].labels, tokenizerFrom });
  }

  /** The model as a cell evaluates it. @throws UserError if a file is damaged */
  async load(id: string, spec: CellSpec): Promise<Model> {
    const { task, seed } = spec;
    return loadModel(this.folderOf(id), {
      seed,
      labels: tasks[task].labels.length,
      connection: scoredConnection(spec),
    });
  }

  /** The oldest first. */
  async list(): Promise<KeptModel[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(
      names.filter((name) => this.has(name)).map((name) => this.#describe(name)),
    );
    return found.sort((a, b) => a.saved.getTime() - b.saved.getTime());
  }

  async #describe(model: string): Promise<KeptModel> {
    const folder = this.folderOf(model);
    const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
    const { mtime } = await stat(join(folder, 'config.json'));
    return { model, folder, bytes: files.reduce((sum, { size }) => sum + size, 0), saved: mtime };
  }

  /**
   * Removes models, the oldest first, until all together have at most so many bytes.
   * @param isNeeded those that stay whatever their size: something is still to be measured on them
   * @returns those that went
   */
  async prune(limit: number, isNeeded: (model: string) => boolean = () => false): Promise<KeptModel[]> {
    const all = await this.list();
    let left = all.reduce((sum, { bytes }) => sum + bytes, 0);
    const gone: KeptModel[] = [];
    for (const kept of all) {
      if (left <= limit || isNeeded(kept.model)) continue;
      await rm(join(kept.folder, 'config.json')); // first: a folder without it counts as none
      await rm(kept.folder, { recursive: true });
      left -= kept.bytes;
      gone.push(kept);
    }
    return gone;
  }
}
