import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small hub on 127.0.0.1 that can misbehave. */
export interface HubServer {
  readonly origin: string;
  /** What it was asked, `HEAD /path` or `GET /path bytes=3-`. */
  readonly asked: string[];
  /** `<type>/<org>/<name>/<file>` or `<host>/<file>` -> content. */
  readonly files: Map<string, Buffer>;
  /** How many of the next downloads break off half way through what is left. */
  breaks: number;
  /** Whether the next downloads flip a byte. */
  corrupts: boolean;
  close(): Promise<void>;
}

export const commit = 'c'.repeat(40);

/** The name of a blob as the hub gives it: SHA-256 of large files, git's SHA-1 of small ones. */
export function blobName(content: Buffer): string {
  if (content.length > 1000) return createHash('sha256').update(content).digest('hex');
  return createHash('sha1')
    .update(`blob ${String(content.length)}\0`)
    .update(content)
    .digest('hex');
}

export async function startHubServer(): Promise<HubServer> {
  const state = { asked: [] as string[], files: new Map<string, Buffer>(), breaks: 0, corrupts: false };
  const server = createServer((request, response) => {
    answer(hub, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hub: HubServer = Object.assign(state, {
    origin: `http://127.0.0.1:${String(port)}`,
    close: () => closeServer(server),
  });
  return hub;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function answer(hub: HubServer, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  const range = request.headers.range;
  hub.asked.push([request.method, path, range].filter((part) => part !== undefined).join(' '));
  const stored = path.startsWith('/store/') ? path.slice('/store/'.length) : undefined;
  const key = stored ?? keyOf(path);
  const content = hub.files.get(key);
  if (content === undefined) {
    const repository = key.split('/').slice(0, 3).join('/');
    const isKnown = [...hub.files.keys()].some((name) => name.startsWith(repository));
    response.writeHead(404, { 'x-error-code': isKnown ? 'EntryNotFound' : 'RepoNotFound' }).end();
    return;
  }
  const facts = { 'x-repo-commit': commit, etag: `"${blobName(content)}"`, 'content-length': content.length };
  const isLarge = content.length > 1000;
  if (stored === undefined && isLarge && path.includes('/resolve/')) {
    const linked = { 'x-linked-etag': `"${blobName(content)}"`, 'x-linked-size': content.length };
    response
      .writeHead(302, { ...linked, 'x-repo-commit': commit, location: `${hub.origin}/store/${key}` })
      .end();
  } else if (request.method === 'HEAD') response.writeHead(200, facts).end();
  else send(hub, content, range, response);
}

/** `/datasets/o/n/resolve/main/f` -> `datasets/o/n/f`; `/o/n/resolve/main/f` -> `models/o/n/f`; `/sites/h/f` -> `h/f`. */
function keyOf(path: string): string {
  if (path.startsWith('/sites/')) return path.slice('/sites/'.length);
  const plain = path.replace(/\/resolve\/[^/]+\//, '/').slice(1);
  return plain.startsWith('datasets/') ? plain : `models/${plain}`;
}

function send(hub: HubServer, content: Buffer, range: string | undefined, response: ServerResponse): void {
  const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const rest = Buffer.from(content.subarray(start));
  if (hub.corrupts) rest.writeUInt8((rest.readUInt8(rest.length - 1) + 1) % 256, rest.length - 1);
  response.writeHead(range === undefined ? 200 : 206, {
    'content-length': rest.length,
    'content-range': `bytes ${String(start)}-${String(content.length - 1)}/${String(content.length)}`,
  });
  if (hub.breaks === 0) response.end(rest);
  else {
    hub.breaks--;
    response.write(rest.subarray(0, Math.ceil(rest.length / 2)), () =>
      setTimeout(() => response.destroy(), 20),
    );
  }
}
