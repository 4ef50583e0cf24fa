import { UserError } from '@im-bert/core';

/** What a server may ask of us; beyond it, its answer is an error. */
export const limits = {
  /** Redirects of one request. */
  redirects: 5,
  /** Tries of one request that fails in a way that may pass. */
  attempts: 4,
  /** Longest Retry-After that is waited for, in seconds. */
  patience: 30,
  /** Slowest transfer that still counts as one, in bytes a second over a whole timeout. */
  slowest: 1000,
  /** Largest file of a site, which announces nothing that could be trusted, in bytes. */
  siteFile: 64 * 2 ** 20,
} as const;

/**
 * Seconds to wait for an answer or for more of it: huggingface_hub's HF_HUB_ETAG_TIMEOUT or HF_HUB_DOWNLOAD_TIMEOUT, 10
 * where they are not set.
 * @throws UserError if it is no positive number
 */
export function timeoutOf(method: 'HEAD' | 'GET'): number {
  const name = method === 'HEAD' ? 'HF_HUB_ETAG_TIMEOUT' : 'HF_HUB_DOWNLOAD_TIMEOUT';
  const text = process.env[name] ?? '10';
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UserError({ where: name, expected: 'seconds from 0 to 86400', got: JSON.stringify(text) });
}
