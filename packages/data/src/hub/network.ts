import { createHash } from 'node:crypto';
import type { RepositoryFile, SiteFile } from './address.ts';
import { assetPlace, blobPlace, findInCache, isCommit, isWholeBlob, linkBlob } from './cache.ts';
import { faultOfContent } from './content.ts';
import { downloadBlob, writeAt } from './download.ts';
import { hubEndpoint } from './endpoint.ts';
import { hashOfName } from './file-hash.ts';
import { noteIntact } from './intact.ts';
import { limits } from './limits.ts';
import { claimPart, discardPart, finishPart } from './part.ts';
import { refused, refusedBy, shown } from './refusals.ts';
import { type Answer, ask, isRedirect, redirectOf } from './request.ts';
import { persistently, Transient } from './retry.ts';

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
  if (!(await isWholeBlob(blob, facts.size))) {
    await downloadBlob(facts.url, blob, facts.size);
    if (hasHash(facts.blob)) await noteIntact(blob);
  }
  await linkBlob(address, blob, facts.commit, revision === 'main');
  const place = await findInCache(address, facts.commit);
  if (place !== undefined) return place;
  throw refused(facts.url, 'something else under its name, now discarded');
}

async function factsOf(address: RepositoryFile, revision: string): Promise<FileFacts | undefined> {
  const folder = address.type === 'dataset' ? 'datasets/' : '';
  const first = `${hubEndpoint()}/${folder}${address.repository}/resolve/${revision}/${address.file}`;
  let url = first;
  for (let hop = 0; hop <= limits.redirects; hop++) {
    const answer = await askFacts(url);
    if (isMissingEntry(answer)) return undefined;
    const { status, headers } = answer;
    if (!isRedirect(status) && (status < 200 || status >= 300)) throw refusedBy(url, status, headers);
    const next = isRedirect(status) ? redirectOf(url, headers) : undefined;
    // A renamed repository redirects within the hub; a large file redirects to its store, and the facts are here.
    if (next === undefined || !staysWithin(url, next, headers)) return readFacts(url, headers);
    url = next;
  }
  throw refused(first, `more than ${String(limits.redirects)} redirects`);
}

function staysWithin(url: string, next: string, headers: Headers): boolean {
  const isRelative = headers.get('location')?.startsWith('/') === true;
  return new URL(next).origin === new URL(url).origin && (isRelative || !headers.has('x-linked-etag'));
}

function askFacts(url: string): Promise<Answer> {
  return persistently(url, () => ask(url, { method: 'HEAD' }, (answer) => Promise.resolve(answer)));
}

/** A missing file; a missing repository is an error, for its name is wrong. */
function isMissingEntry({ status, headers }: Answer): boolean {
  return status === 404 && headers.get('x-error-code') !== 'RepoNotFound';
}

/** @throws UserError if the answer is none of a hub */
function readFacts(url: string, headers: Headers): FileFacts {
  const tag = headers.get('x-linked-etag') ?? headers.get('etag') ?? '';
  const blob = blobName(tag);
  const size = headers.get('x-linked-size') ?? headers.get('content-length') ?? '';
  const commit = headers.get('x-repo-commit') ?? '';
  if (blob !== '' && /^\d{1,15}$/.test(size) && isCommit(commit))
    return { url, blob, size: Number(size), commit };
  const got = `etag ${shown(tag)}, length ${shown(size)}, commit ${shown(commit)}`;
  const facts = 'a hub, which tells hash, size and commit (ETag, Content-Length, X-Repo-Commit)';
  throw refused(url, `${got}, not the word of ${facts}`, 'Check HF_ENDPOINT and any proxy between.');
}

const hasHash = (name: string): boolean => hashOfName(name, 0) !== undefined;

/** A blob's name: the hash that its tag is, or one made of the tag, which is a server's word and no name for a file; '' for none. */
function blobName(tag: string): string {
  const plain = tag.replace(/^W\//, '').replaceAll('"', '').toLowerCase();
  if (plain === '' || hasHash(plain)) return plain;
  return `etag-${createHash('sha256').update(tag).digest('hex')}`;
}

/** A site's file, fetched whole into the assets cache or not at all; undefined if the site has no such file. */
export async function fetchFromSite(address: SiteFile): Promise<string | undefined> {
  const url = `https://${address.host}/${address.file}`;
  const place = assetPlace(address);
  const part = await claimPart(place);
  try {
    const isThere = await persistently(url, () => ask(url, {}, (answer) => takeWhole(answer, part)));
    if (!isThere) return undefined;
    const fault = await faultOfContent(address.file, part);
    if (fault !== undefined) throw refused(url, fault);
    await finishPart(part, place);
    return place;
  } finally {
    await discardPart(part); // Nothing promises that a part and what follows would belong together.
  }
}

/** Whether the site has the file, which is then in the part. */
async function takeWhole(answer: Answer, part: string): Promise<boolean> {
  const { url, status, headers } = answer;
  if (status === 404) return false;
  if (status !== 200) throw refusedBy(url, status, headers);
  const promised = headers.get('content-length');
  if (Number(promised ?? 0) > limits.siteFile)
    throw refused(url, `${promised ?? ''} bytes, of at most ${String(limits.siteFile)}`);
  const end = await writeAt(part, answer, { start: 0, limit: limits.siteFile });
  if (promised !== null && Number(promised) !== end)
    throw new Transient(`${String(end)} of ${promised} bytes`);
  return true;
}
