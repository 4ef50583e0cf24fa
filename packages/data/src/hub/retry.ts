import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@im-bert/core';
import { limits } from './limits.ts';
import { unreachable } from './refusals.ts';

/** A failure that may pass. */
export class Transient extends Error {
  /** What the server asks to wait, in seconds. */
  readonly wait: number;

  constructor(message: string, wait = 0) {
    super(message);
    this.wait = wait;
  }
}

/**
 * Tries until it works or has failed too often, with growing pauses.
 * @throws UserError what an attempt throws of that kind at once; the last failure as one, if there is no attempt left
 */
export async function persistently<T>(url: string, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (tries === limits.attempts || isFinal(error)) throw unreachable(url, error);
      const wait = error instanceof Transient ? error.wait : 0;
      await pause(Math.max(wait * 1000, 100 * 4 ** (tries - 1)));
    }
  }
}

/** Whether asking again cannot help: a certificate stays bad. */
function isFinal(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return /CERT|TLS|SSL|INVALID_URL|HEADERS_OVERFLOW/.test(String(code));
}
