import { basename } from 'node:path';
import { type EvaluationSet, type Hub, openDataStore, resolveHub, type Task } from '@im-bert/data';
import { type LoadedExperiment, loadExperiment, tableNames } from '../experiment/load.ts';
import { withinBudget } from '../plan/budget.ts';
import { engineIdentity } from '../plan/engine.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { resolveRows } from '../plan/resolve-rows.ts';
import {
  type Corpus,
  type Digests,
  openEmbeddedCorpus,
  openHubCorpus,
  readHubDigests,
} from '../run/corpus.ts';
import { setsIn } from '../run/set-access.ts';
import { KeptModels } from '../run/kept-models.ts';
import { hashPretrained } from '../run/pretrained.ts';
import { describeMachine } from '../run/provenance.ts';
import type { RunStore } from '../store/run-store.ts';
import { locations, overridesOf, type TableOptions } from './options.ts';
import { resultName } from './result-name.ts';

/**
 * Reads the experiment that the command names, with the command's options laid over it.
 * @throws UserError also for a hub's folder that is none, though nothing is read from it yet
 */
export async function loadTable(table: string, options: TableOptions): Promise<LoadedExperiment> {
  hubOf(options);
  const loaded = await loadExperiment(table, options.profile, overridesOf(options));
  const names = await tableNames();
  if (names.includes(table)) return loaded;
  const own = names.map((name) => basename(name));
  return { ...loaded, name: resultName(loaded.path, options.runs, own) };
}

/** The hub that the command names, or the cache and the network. @throws UserError if the folder cannot be read */
export function hubOf({ hub }: Pick<TableOptions, 'hub'>): Hub {
  return resolveHub(hub === undefined ? {} : { folder: hub });
}

/** Opens the data that an experiment asks for. */
export async function openCorpus(loaded: LoadedExperiment, options: TableOptions): Promise<Corpus> {
  if (loaded.experiment.data.source === 'embedded')
    return loaded.sets.length === 0
      ? openEmbeddedCorpus()
      : embeddedWithSets(locations(options.runs).data, hubOf(options));
  return openHubCorpus(locations(options.runs).data, hubOf(options));
}

async function embeddedWithSets(path: string, hub: Hub): Promise<Corpus> {
  const store = await openDataStore(path);
  return openEmbeddedCorpus(setsIn(store, hub), () => {
    store.close();
  });
}

/** What the ids of an experiment's cells depend on, as it is now; nothing is loaded, and no run is waited for. */
export async function readDigests({ experiment, sets }: LoadedExperiment, runs: string): Promise<Digests> {
  const isEmbedded = experiment.data.source === 'embedded';
  if (isEmbedded && sets.length === 0) return openEmbeddedCorpus();
  const stored = await readHubDigests(locations(runs).data);
  return isEmbedded ? { ...stored, digest: (task) => openEmbeddedCorpus().digest(task) } : stored;
}

/** Plans an experiment against a store and its data, within the budget if the command gives one. */
export async function planTable(
  loaded: LoadedExperiment,
  corpus: Pick<Corpus, 'digest' | 'setDigest'>,
  store: RunStore | undefined,
  options: Pick<TableOptions, 'runs' | 'hub' | 'engine'> & { readonly budget?: string | undefined },
): Promise<Plan> {
  const { models, hashes } = locations(options.runs);
  const kept = new KeptModels(models);
  const encoders = resolveRows(loaded).rows.map(({ encoder }) => encoder);
  const context = {
    digest: (task: Task) => corpus.digest(task),
    setDigest: (set: EvaluationSet) => corpus.setDigest(set),
    pretrained: await hashPretrained(encoders, hubOf(options), hashes),
    engine: engineIdentity(options.engine),
    machine: describeMachine(),
    isKept: (model: string) => kept.has(model),
  };
  const plan = await makePlan(loaded, context, store);
  const { budget } = options;
  return budget === undefined ? plan : { ...plan, cells: withinBudget(plan.cells, 60 * Number(budget)) };
}
