import { UserError } from '@im-bert/core';
import { codeOf, messageOf } from '../failure.ts';

/** Base address of the hub: HF_ENDPOINT, or the hub's own. */
export function hubEndpoint(): string {
  return (process.env['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(/\/+$/, '');
}

/** Whether the user forbids the network (HF_HUB_OFFLINE=1). */
function isOffline(): boolean {
  return ['1', 'true', 'yes', 'on'].includes((process.env['HF_HUB_OFFLINE'] ?? '').toLowerCase());
}

const remedy =
  'Go online, set HF_ENDPOINT to a mirror, or give a folder in the layout of the hub (--hub DIR).';

/** That a server gave no answer: nothing is known of the file. */
export class Unreachable extends UserError {}

/** A failure to reach a server, as the user's one line. */
export function unreachable(url: string, error: unknown): Unreachable {
  const cause: unknown =
    typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const got = codeOf(cause) ?? messageOf(cause);
  return new Unreachable(
    { where: url, expected: 'an answer from the server', got, remedy },
    { cause: error },
  );
}

/** An answer that is not what was asked for, as the user's one line. */
export function refused(url: string, status: number): UserError {
  const hint =
    status === 401 || status === 403
      ? 'Check the name; a gated repository needs HF_TOKEN.'
      : 'Check the name and the server.';
  return new UserError({
    where: url,
    expected: 'the file',
    got: `HTTP status ${String(status)}`,
    remedy: hint,
  });
}

/**
 * One request, uncompressed, so that lengths and ranges count the file's own bytes. HF_TOKEN goes to the hub alone.
 * @throws UserError if the server cannot be reached or the network is forbidden
 */
export async function request(
  url: string,
  options: { readonly method?: 'HEAD'; readonly from?: number } = {},
): Promise<Response> {
  if (isOffline()) throw unreachable(url, new Error('HF_HUB_OFFLINE, which forbids asking'));
  const token = process.env['HF_TOKEN'];
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (token !== undefined && url.startsWith(`${hubEndpoint()}/`))
    headers['authorization'] = `Bearer ${token}`;
  if (options.from !== undefined && options.from > 0) headers['range'] = `bytes=${String(options.from)}-`;
  const isHead = options.method === 'HEAD';
  try {
    return await fetch(url, {
      headers,
      method: options.method ?? 'GET',
      redirect: isHead ? 'manual' : 'follow',
    });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** That no source has a file, as the user's one line. */
export function missing(path: string, folder: string | undefined): UserError {
  const places = folder === undefined ? '' : `${folder}, `;
  return new UserError({
    where: path,
    expected: `the file in ${places}the Hugging Face cache or at ${hubEndpoint()}`,
    got: 'none',
    remedy: 'Put it into the folder that --hub names, or check the name.',
  });
}
