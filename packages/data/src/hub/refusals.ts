import { UserError } from '@im-bert/core';
import { codeOf, messageOf } from '../failure.ts';
import { hubEndpoint } from './endpoint.ts';

/** That a server gave no answer: nothing is known of the file. */
export class Unreachable extends UserError {}

/** A server's word as a message shows it: quoted, and not all of it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}

/** A failure to reach a server, as the user's one line. */
export function unreachable(url: string, error: unknown): Unreachable {
  const cause: unknown =
    typeof error === 'object' && error !== null && 'cause' in error ? (error.cause ?? error) : error;
  const got = codeOf(cause) ?? messageOf(cause);
  const remedy =
    'Go online, set HF_ENDPOINT to a mirror, or give a folder in the layout of the hub (--hub DIR).';
  return new Unreachable(
    { where: url, expected: 'an answer from the server', got, remedy },
    { cause: error },
  );
}

/** An answer that is not what was asked for, as the user's one line. */
export function refused(
  url: string,
  got: string,
  remedy = 'Check the name, HF_ENDPOINT and any proxy between.',
): UserError {
  return new UserError({ where: url, expected: 'the file', got, remedy });
}

/** A status that means no, as the user's one line. */
export function refusedBy(url: string, status: number, headers: Headers): UserError {
  const got = `HTTP status ${String(status)}`;
  if (status === 401 || status === 403) {
    const page =
      headers.get('x-error-code') === 'GatedRepo' ? "Accept the terms on the repository's page" : '';
    const token =
      (process.env['HF_TOKEN'] ?? '') === ''
        ? 'set HF_TOKEN to a token that may read it'
        : 'check that HF_TOKEN may read it';
    const first = page === '' ? 'Check the name' : page;
    return refused(url, got, `${first}; for a gated or private repository ${token}.`);
  }
  return refused(url, got, 'Check the name and the server.');
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
