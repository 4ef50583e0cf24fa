import { authorization, isOffline } from './endpoint.ts';
import { limits, timeoutOf } from './limits.ts';
import { refused, shown, unreachable } from './refusals.ts';
import { Transient } from './retry.ts';

/** What to ask. */
export interface Question {
  readonly method?: 'HEAD';
  /** First byte that is wanted. */
  readonly from?: number;
}

/** An answer whose bytes come under watch: a body that stalls or drips ends in an error. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Asks once, and lets `read` take what it wants of the answer; the connection is given up afterwards. GET follows
 * redirects, HEAD does not. HF_TOKEN goes to the hub alone.
 * @throws UserError if the network is forbidden, the server refuses, or compresses what is to be taken as it is
 * @throws Transient, or another Error of the connection, if it may help to ask again
 */
export async function ask<T>(
  url: string,
  question: Question,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  if (isOffline()) throw unreachable(url, new Error('HF_HUB_OFFLINE, which forbids asking'));
  const method = question.method ?? 'GET';
  const seconds = timeoutOf(method);
  const control = new AbortController();
  const watch = watchProgress(seconds, control);
  try {
    const { response, end } = await follow(url, question, control.signal);
    if (method === 'GET') checkPlain(end, response);
    const body = watch.body(response);
    return await read({ url: end, status: response.status, headers: response.headers, body });
  } finally {
    watch.stop();
    control.abort();
  }
}

interface Watch {
  /** The body of the answer, from whose begin on bytes have to come. */
  body(response: Response): AsyncIterable<Uint8Array>;
  stop(): void;
}

/** Aborts where nothing comes for so many seconds, and where what comes is slower than a server has a right to be. */
function watchProgress(seconds: number, control: AbortController): Watch {
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
  };
  const start = (slowest: number): void => {
    stop();
    let before = received;
    timer = setInterval(() => {
      const rate = (received - before) / seconds;
      before = received;
      if (rate >= slowest) return;
      const got = rate === 0 ? 'nothing' : `${rate.toFixed(0)} bytes a second`;
      control.abort(new Error(`${got} for ${String(seconds)} s`));
    }, seconds * 1000);
  };
  async function* body(response: Response): AsyncIterable<Uint8Array> {
    start(limits.slowest);
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      received += bytes.length;
      yield bytes;
    }
  }
  start(1 / seconds);
  return { body, stop };
}

async function follow(
  url: string,
  { method = 'GET', from = 0 }: { readonly method?: string; readonly from?: number },
  signal: AbortSignal,
): Promise<{ response: Response; end: string }> {
  let place = url;
  for (let hop = 0; hop <= limits.redirects; hop++) {
    const headers = { 'accept-encoding': 'identity', ...authorization(place) };
    const range: Record<string, string> = from > 0 ? { range: `bytes=${String(from)}-` } : {};
    const response = await fetch(place, {
      headers: { ...headers, ...range },
      method,
      redirect: 'manual',
      signal,
    });
    checkStatus(place, response);
    if (method === 'HEAD' || !isRedirect(response.status)) return { response, end: place };
    await response.body?.cancel();
    place = redirectOf(place, response.headers);
  }
  throw refused(url, `more than ${String(limits.redirects)} redirects`);
}

/** Whether a status sends on to another place. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** Where a redirect leads. @throws UserError if that is no address, or one that is less safe than this one */
export function redirectOf(url: string, headers: Headers): string {
  const location = headers.get('location') ?? '';
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  const protocols = url.startsWith('https:') ? ['https:'] : ['https:', 'http:'];
  if (location !== '' && target !== undefined && protocols.includes(target.protocol)) return target.href;
  throw refused(url, `a redirect to ${location === '' ? 'nowhere' : shown(location)}`);
}

const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/** @throws Transient for a state of the server that may pass */
function checkStatus(url: string, { status, headers }: Response): void {
  if (!passing.has(status)) return;
  const wait = secondsToWait(headers.get('retry-after') ?? '');
  if (wait > limits.patience)
    throw unreachable(url, new Error(`HTTP status ${String(status)}, which asks to wait ${String(wait)} s`));
  throw new Transient(`HTTP status ${String(status)}`, wait);
}

/** Retry-After in seconds or as a date; 0 where it says nothing of use. */
function secondsToWait(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** Lengths, ranges and hashes count the file's own bytes; and a few compressed bytes can become a full disk. */
function checkPlain(url: string, { headers }: Response): void {
  const encoding = headers.get('content-encoding') ?? '';
  if (encoding === '' || encoding === 'identity') return;
  throw refused(url, `a compressed answer (${shown(encoding)}) that was not asked for`);
}
