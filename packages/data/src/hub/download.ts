import { constants } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@im-bert/core';
import { fitsBlobName } from './file-hash.ts';
import { refused, request, unreachable } from './request.ts';

const attempts = 4;

/**
 * Fetches a blob whose size, and hash as its name, are known. What an interruption leaves lies beside it as
 * `.im-bert.incomplete` and is gone on with next time; the blob gets its name only when size and hash are right.
 *
 * Every byte is written at its own place, so two processes that fetch the same blob write the same file.
 * @throws UserError if the server breaks off again and again or sends other bytes
 */
export async function downloadBlob(url: string, blob: string, size: number): Promise<void> {
  const incomplete = `${blob}.im-bert.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await pause(100 * 4 ** (attempt - 1));
    if (await isPresent(blob, size)) return; // Another process was faster.
    try {
      await fetchRest(url, incomplete, size);
      failure = undefined;
      break;
    } catch (error) {
      if (error instanceof UserError) throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw unreachable(url, failure);
  if (await isPresent(blob, size)) return; // Another process was faster.
  if (await fitsBlobName(incomplete, basename(blob))) return rename(incomplete, blob);
  await rm(incomplete, { force: true });
  throw new UserError({
    where: url,
    expected: `bytes with the hash ${basename(blob)}`,
    got: 'others, now discarded',
    remedy: 'Try again; if it stays so, the server or a proxy changes the file.',
  });
}

async function isPresent(blob: string, size: number): Promise<boolean> {
  return (await stat(blob).catch(() => undefined))?.size === size;
}

/** Fetches what the incomplete file lacks. @throws Error if the answer breaks off or has another size */
async function fetchRest(url: string, incomplete: string, size: number): Promise<void> {
  const present = (await stat(incomplete).catch(() => undefined))?.size ?? 0;
  if (present === size && size > 0) return;
  const from = present < size ? present : 0;
  if (present > size) await rm(incomplete);
  const response = await request(url, { from });
  if (!response.ok) throw refused(url, response.status);
  const start = response.status === 206 ? rangeStart(response) : 0;
  if (start !== 0 && start !== from)
    throw new Error(`an answer from byte ${String(start)}, not ${String(from)}`);
  const end = await writeAt(incomplete, response, start);
  if (end !== size) throw new Error(`${String(end)} of ${String(size)} bytes`);
}

function rangeStart(response: Response): number {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return Number(match?.[1] ?? NaN);
}

/** Writes the answer's bytes from `start` on as they come. Returns where they end. */
async function writeAt(path: string, response: Response, start: number): Promise<number> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  let place = start;
  try {
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      await file.write(bytes, 0, bytes.length, place);
      place += bytes.length;
    }
  } finally {
    await file.close();
  }
  return place;
}
