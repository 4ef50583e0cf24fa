/** A hub on loopback that tells the truth, except where a behaviour answers in its place. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

export const commit = 'c'.repeat(40);

export const blobName = (content) => createHash('sha256').update(content).digest('hex');

/**
 * Starts a server. `hub.behaviour` may have `head`, `get` and `raw` (request, response, hub), which answer in the server's
 * place and return false where the server itself is to answer; `hub.asked` lists what was asked.
 * @param {Map<string, Buffer>} files `datasets/<org>/<name>/<file>` or, of a site, the file's path
 */
export async function startHub(files, create = (listener) => createServer(listener), scheme = 'http') {
  const hub = { files, behaviour: {}, asked: [], counts: { head: 0, get: 0 } };
  const server = create((request, response) => {
    answer(hub, request, response);
  });
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.port = server.address().port;
  hub.origin = `${scheme}://127.0.0.1:${hub.port}`;
  hub.close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return hub;
}

/** What an honest hub says of a content. */
export const facts = (content) => ({
  'x-repo-commit': commit,
  etag: `"${blobName(content)}"`,
  'content-length': content.length,
});

function answer(hub, request, response) {
  response.on('error', () => undefined);
  const kind = request.method === 'HEAD' ? 'head' : 'get';
  hub.asked.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`);
  hub.counts[kind]++;
  const content = hub.files.get(keyOf(request.url));
  const act = hub.behaviour[kind];
  if (act !== undefined && act({ request, response, content, hub, count: hub.counts[kind] }) !== false)
    return;
  if (content === undefined) response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
  else if (kind === 'head') response.writeHead(200, facts(content)).end();
  else send(response, content, request.headers.range);
}

/** `/datasets/o/n/resolve/main/f` -> `datasets/o/n/f`; hops before it are a behaviour's. */
function keyOf(url) {
  return url
    .replace(/^\/(hop\d+|store)(?=\/)/, '')
    .replace(/\/resolve\/[^/]+\//, '/')
    .slice(1);
}

/** Sends a content, or the rest of it. */
export function send(response, content, range) {
  const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const rest = content.subarray(start);
  const place = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(range === undefined ? 200 : 206, {
    'content-length': rest.length,
    ...(range === undefined ? {} : { 'content-range': place }),
  });
  response.end(rest);
}
