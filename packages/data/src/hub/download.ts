import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { feed, hashOfName } from './file-hash.ts';
import { checkRoom, claimPart, discardPart, finishPart, sizeOf } from './part.ts';
import { refused, refusedBy } from './refusals.ts';
import { type Answer, ask } from './request.ts';
import { persistently, Transient } from './retry.ts';
import { storing } from './storing.ts';

const underway = new Map<string, Promise<void>>();

/**
 * Fetches a blob whose size, and hash as its name, are known. What an interruption leaves lies beside it and is gone on
 * with next time; the blob gets its name only when size and hash are right. Two that want the same blob share one download
 * in one process and have one each in two.
 * @throws UserError if the server breaks off again and again or sends other bytes
 */
export function downloadBlob(url: string, blob: string, size: number): Promise<void> {
  const present = underway.get(blob);
  if (present !== undefined) return present;
  const download = fetchBlob(url, blob, size).finally(() => underway.delete(blob));
  underway.set(blob, download);
  return download;
}

async function fetchBlob(url: string, blob: string, size: number): Promise<void> {
  const part = await claimPart(blob);
  const present = await sizeOf(part);
  await checkRoom(blob, size - present);
  const attempt = (): Promise<boolean> => fetchRest(url, part, size, basename(blob));
  const fits = await persistently(url, attempt);
  if (fits) return finishPart(part, blob);
  await discardPart(part);
  // What lay there may have been what was wrong.
  if (present > 0 && (await persistently(url, attempt))) return finishPart(part, blob);
  await discardPart(part);
  throw refused(
    url,
    `bytes without the hash ${basename(blob)}, now discarded`,
    'Try again; if it stays so, the server or a proxy changes the file.',
  );
}

/** Fetches what the part lacks. Returns whether its hash is the name. @throws Error if it may help to ask again */
async function fetchRest(url: string, part: string, size: number, name: string): Promise<boolean> {
  const hash = hashOfName(name, size);
  const present = await sizeOf(part);
  const from = present < size ? present : 0;
  if (present === size && size > 0) {
    if (hash !== undefined) await feed(hash, part);
    return hash?.digest('hex') === name || hash === undefined;
  }
  return ask(url, { from }, async (answer) => {
    const start = await startOf(answer, { from, size, part });
    if (hash !== undefined) await feed(hash, part, start);
    const end = await writeAt(part, answer, { start, limit: size, take: (bytes) => hash?.update(bytes) });
    if (end !== size) throw new Transient(`${String(end)} of ${String(size)} bytes`);
    return hash === undefined || hash.digest('hex') === name;
  });
}

/** Where the answer's bytes begin. @throws Error if that or their number is not what was asked for */
async function startOf(
  { url, status, headers }: Answer,
  { from, size, part }: { readonly from: number; readonly size: number; readonly part: string },
): Promise<number> {
  if (status === 416) {
    await discardPart(part);
    throw new Transient('HTTP status 416, that there is no such range');
  }
  if (status !== 200 && status !== 206) throw refusedBy(url, status, headers);
  const range = headers.get('content-range') ?? '';
  const start = status === 206 ? Number(/^bytes (\d+)-/.exec(range)?.[1] ?? NaN) : 0;
  if (start !== 0 && start !== from) {
    await discardPart(part); // The next attempt asks for no range.
    throw new Transient(`bytes from ${String(start)} on, not from ${String(from)}`);
  }
  const length = headers.get('content-length');
  if (length === null || start + Number(length) === size) return start;
  throw new Transient(`${String(start + Number(length))} bytes, not the ${String(size)} that were announced`);
}

/** How a body is written: from where, up to where, and who else takes each chunk. */
interface Writing {
  readonly start: number;
  readonly limit: number;
  readonly take?: (bytes: Uint8Array) => unknown;
}

/** Writes the answer's bytes as they come. Returns where they end. @throws UserError beyond the limit */
export async function writeAt(
  path: string,
  answer: Answer,
  { start, limit, take }: Writing,
): Promise<number> {
  const file = await storing(path, open(path, start === 0 ? 'w' : 'r+'));
  let place = start;
  try {
    for await (const bytes of answer.body) {
      if (place + bytes.length > limit) throw refused(answer.url, `more than ${String(limit)} bytes`);
      await storing(path, file.write(bytes, 0, bytes.length, place));
      take?.(bytes);
      place += bytes.length;
    }
  } finally {
    await file.close();
  }
  return place;
}
