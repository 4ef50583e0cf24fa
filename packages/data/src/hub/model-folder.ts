import { basename, dirname, join } from 'node:path';
import { parseAddress, type RepositoryFile } from './address.ts';
import { cachedCommit, cacheFolderOf, findInCache } from './cache.ts';
import { findInFolder, folderCovers } from './folder-source.ts';
import { fetchFromHub } from './network.ts';
import { missing } from './refusals.ts';

const required = ['config.json', 'model.safetensors', 'tokenizer.json'] as const;
const optional = ['tokenizer_config.json'] as const;

/**
 * A folder with the model's files, all of one source and one commit.
 * @throws UserError if a file is missing
 */
export async function modelFolder(name: string, folder: string | undefined): Promise<string> {
  const path = (file: string): string => `models/${name}/${file}`;
  if (folder !== undefined && (await folderCovers(folder, path(required[0])))) {
    for (const file of required) {
      if ((await findInFolder(folder, path(file))) === undefined) throw missing(path(file), folder);
    }
    return join(folder, 'models', name);
  }
  const addresses = required.map((file) => modelFile(path(file)));
  return (await cachedModel(addresses)) ?? fetchModel(addresses, optional.map(path).map(modelFile), folder);
}

function modelFile(path: string): RepositoryFile {
  const address = parseAddress(path);
  if ('repository' in address) return address;
  throw missing(path, undefined);
}

async function cachedModel(addresses: readonly RepositoryFile[]): Promise<string | undefined> {
  const [first] = addresses;
  const commit = first === undefined ? undefined : await cachedCommit(first);
  if (first === undefined || commit === undefined) return undefined;
  for (const address of addresses) {
    if ((await findInCache(address, commit)) === undefined) return undefined;
  }
  return join(cacheFolderOf(first), 'snapshots', commit);
}

/** Fetches the files at the commit that `main` is when the first of them comes. */
async function fetchModel(
  addresses: readonly RepositoryFile[],
  extras: readonly RepositoryFile[],
  folder: string | undefined,
): Promise<string> {
  let snapshot: string | undefined;
  const fetchAt = async (address: RepositoryFile): Promise<string | undefined> => {
    const place = await fetchFromHub(address, snapshot === undefined ? 'main' : basename(snapshot));
    snapshot ??= place === undefined ? undefined : dirname(place);
    return place;
  };
  for (const address of addresses) {
    if ((await fetchAt(address)) === undefined)
      throw missing(`models/${address.repository}/${address.file}`, folder);
  }
  for (const address of extras) await fetchAt(address);
  return snapshot ?? '';
}
