import { parseAddress, type RepositoryFile } from './address.ts';
import { cachedCommit, findAsset, findInCache } from './cache.ts';
import { checkHubFolder, findInFolder, folderCovers } from './folder-source.ts';
import { fetchFromHub, fetchFromSite } from './network.ts';
import { modelFolder } from './model-folder.ts';
import { missing } from './refusals.ts';
import type { HubFile } from './source.ts';

export interface HubOptions {
  /** A folder in the layout of the hub, asked first. */
  readonly folder?: string;
}

/** Where files come from: a folder, the Hugging Face cache, the network, in that order. */
export interface Hub {
  /**
   * The file's place on this machine, whole and checked.
   * @param path in the layout of the hub, `datasets/nyu-mll/glue/sst2/train-00000-of-00001.parquet`
   * @throws UserError if no source has it
   */
  file(path: string): Promise<string>;
  /**
   * The same, with undefined for a file that does not exist. A folder that holds the file's siblings speaks for it:
   * the answer does not then depend on the network.
   * @param options.fetch false: do not ask the network
   * @throws UserError if a source cannot be asked
   */
  find(path: string, options?: { readonly fetch: boolean }): Promise<HubFile | undefined>;
  /**
   * A folder that holds a model's config.json, model.safetensors and tokenizer.json.
   * @param name `org/name`
   * @throws UserError if no source has all three
   */
  model(name: string): Promise<string>;
}

/** The hub over a folder (if given), the cache and the network. @throws UserError if the folder cannot be read */
export function resolveHub(options: HubOptions = {}): Hub {
  const { folder } = options;
  if (folder !== undefined) checkHubFolder(folder);
  const find: Hub['find'] = async (path, { fetch } = { fetch: true }) => {
    if (folder !== undefined) {
      const place = await findInFolder(folder, path);
      if (place !== undefined) return { path: place, origin: 'folder' };
      if (await folderCovers(folder, path)) return undefined;
    }
    return (await findCached(path)) ?? (fetch ? fetchFile(path) : undefined);
  };
  const file = async (path: string): Promise<string> => {
    const found = await find(path);
    if (found !== undefined) return found.path;
    throw missing(path, folder);
  };
  return { file, find, model: (name) => modelFolder(name, folder) };
}

async function findCached(path: string): Promise<HubFile | undefined> {
  const address = parseAddress(path);
  const place = 'host' in address ? await findAsset(address) : await findInMain(address);
  return place === undefined ? undefined : { path: place, origin: 'cache' };
}

async function findInMain(address: RepositoryFile): Promise<string | undefined> {
  const commit = await cachedCommit(address);
  return commit === undefined ? undefined : findInCache(address, commit);
}

async function fetchFile(path: string): Promise<HubFile | undefined> {
  const address = parseAddress(path);
  const place = 'host' in address ? await fetchFromSite(address) : await fetchFromHub(address);
  return place === undefined ? undefined : { path: place, origin: 'network' };
}
