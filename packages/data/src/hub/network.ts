import { stat } from 'node:fs/promises';
import { UserError, writeFileAtomically } from '@im-bert/core';
import type { RepositoryFile, SiteFile } from './address.ts';
import { assetPlace, blobPlace, findInCache, linkBlob } from './cache.ts';
import { downloadBlob } from './download.ts';
import { hubEndpoint, refused, request, unreachable } from './request.ts';

/** What the hub says of a file before it is fetched. */
interface FileFacts {
  readonly url: string;
  readonly blob: string;
  readonly size: number;
  readonly commit: string;
}

/**
 * The file of the hub at a revision, fetched into the cache; undefined if the repository has no such file.
 * @throws UserError if the hub cannot be reached, refuses, or sends other bytes than it promised
 */
export async function fetchFromHub(address: RepositoryFile, revision = 'main'): Promise<string | undefined> {
  const facts = await factsOf(address, revision);
  if (facts === undefined) return undefined;
  const blob = blobPlace(address, facts.blob);
  const present = await stat(blob).catch(() => undefined);
  if (present?.size !== facts.size) await downloadBlob(facts.url, blob, facts.size);
  await linkBlob(address, blob, facts.commit, revision === 'main');
  return findInCache(address, facts.commit);
}

async function factsOf(address: RepositoryFile, revision: string): Promise<FileFacts | undefined> {
  const folder = address.type === 'dataset' ? 'datasets/' : '';
  let url = `${hubEndpoint()}/${folder}${address.repository}/resolve/${revision}/${address.file}`;
  for (let hop = 0; hop < 5; hop++) {
    const answer = await request(url, { method: 'HEAD' });
    if (isMissingEntry(answer)) return undefined;
    const next = answer.headers.get('location');
    // A renamed repository redirects within the hub; a large file redirects to its store, and the facts are here.
    if (isRedirect(answer) && next?.startsWith('/') === true) url = new URL(next, url).href;
    else if (answer.ok || isRedirect(answer)) return readFacts(url, answer);
    else throw refused(url, answer.status);
  }
  throw unreachable(url, new Error('redirects without end'));
}

const isRedirect = (answer: Response): boolean => answer.status >= 300 && answer.status < 400;

/** A missing file; a missing repository is an error, for its name is wrong. */
function isMissingEntry(answer: Response): boolean {
  return answer.status === 404 && answer.headers.get('x-error-code') !== 'RepoNotFound';
}

function readFacts(url: string, { headers }: Response): FileFacts {
  const tag = headers.get('x-linked-etag') ?? headers.get('etag') ?? '';
  const blob = tag.replace(/^W\//, '').replaceAll('"', '');
  const size = Number(headers.get('x-linked-size') ?? headers.get('content-length') ?? NaN);
  const commit = headers.get('x-repo-commit') ?? '';
  if (/^[\w.-]+$/.test(blob) && Number.isInteger(size) && /^[\w.-]+$/.test(commit))
    return { url, blob, size, commit };
  throw new UserError({
    where: url,
    expected: 'a hub, which tells hash, size and commit (ETag, Content-Length, X-Repo-Commit)',
    got: 'an answer without them',
    remedy: 'Check HF_ENDPOINT.',
  });
}

/** A site's file, fetched whole into the assets cache or not at all; undefined if the site has no such file. */
export async function fetchFromSite(address: SiteFile): Promise<string | undefined> {
  const url = `https://${address.host}/${address.file}`;
  const answer = await request(url);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw refused(url, answer.status);
  const promised = answer.headers.get('content-length');
  const bytes = await answer.arrayBuffer().catch((error: unknown) => {
    throw unreachable(url, error);
  });
  if (promised !== null && Number(promised) !== bytes.byteLength)
    throw unreachable(url, new Error(`${String(bytes.byteLength)} of ${promised} bytes`));
  const place = assetPlace(address);
  await writeFileAtomically(place, new Uint8Array(bytes));
  return place;
}
