/**
 * What hostile servers do. `ends` says how the command must end against it: `error` (one line, exit 1, and the same command
 * works once the server is good) or `works`.
 */
import { deflateSync, gzipSync } from 'node:zlib';
import { commit, facts, send } from './honest-hub.mjs';

const page = '<!DOCTYPE html><html><body>Please log in</body></html>';
const head = (headers, status = 200) => ({
  head: ({ response, content }) =>
    response.writeHead(status, { ...facts(content ?? page), ...headers }).end(),
});
const bare = (status, headers = {}) => ({
  head: ({ response }) => response.writeHead(status, headers).end(),
});
const get = (act) => ({ get: act });
const raw =
  (text) =>
  ({ request }) =>
    request.socket.end(text);
const once = (act) => (exchange) => (exchange.count === 1 ? act(exchange) : false);
const lengthOnly = (content) => ({ 'content-length': content.length });
const breakOff = ({ request, response, content }) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const headers = request.headers.range
    ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }
    : {};
  response.writeHead(request.headers.range ? 206 : 200, {
    'content-length': content.length - start,
    ...headers,
  });
  response.write(content.subarray(start, start + Math.ceil((content.length - start) / 2)), () =>
    setTimeout(() => response.destroy(), 20),
  );
};
/** Breaks off once, then answers the request for the rest so. */
const onResume = (act) => (exchange) =>
  exchange.count === 1 ? breakOff(exchange) : exchange.count === 2 ? act(exchange) : false;
const endless = ({ response }, chunk = Buffer.alloc(65_536, 'x'), pause = 0) => {
  response.writeHead(200);
  const more = () => {
    if (response.destroyed) return;
    if (pause > 0) response.write(chunk, () => setTimeout(more, pause));
    else if (response.write(chunk)) setImmediate(more);
    else response.once('drain', more);
  };
  more();
};
const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
const flipped = (content) => Buffer.from(content.map((byte, index) => (index === 100 ? byte ^ 1 : byte)));

const atHead = {
  'HEAD 500': bare(500),
  'HEAD 502 with a page': bare(502, { 'content-type': 'text/html' }),
  'HEAD 504': bare(504),
  'HEAD 429 for a day': bare(429, { 'retry-after': '86400' }),
  'HEAD 429 until a far date': bare(429, { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
  'HEAD 429 with nonsense to wait': bare(429, { 'retry-after': '-1, soon' }),
  'HEAD 401': bare(401),
  'HEAD 403, gated': bare(403, { 'x-error-code': 'GatedRepo' }),
  'HEAD 404, no repository': bare(404, { 'x-error-code': 'RepoNotFound' }),
  'HEAD 404, no entry': bare(404),
  'HEAD 410': bare(410),
  'HEAD 451': bare(451),
  'HEAD 204': bare(204),
  'HEAD 304': bare(304),
  'HEAD 300 without a place': bare(300),
  'a page for HEAD': bare(200, { 'content-type': 'text/html', 'content-length': page.length }),
  'no etag': {
    head: ({ response, content }) =>
      response.writeHead(200, { 'x-repo-commit': commit, ...lengthOnly(content) }).end(),
  },
  'an empty etag': head({ etag: '' }),
  'an etag of quotes': head({ etag: '""' }),
  'hash of another content': head({ etag: `"${'0'.repeat(64)}"` }),
  'git hash of another content': head({ etag: `"${'0'.repeat(40)}"` }),
  'commit ..': head({ 'x-repo-commit': '..' }),
  'commit of a path upwards': head({ 'x-repo-commit': '../../../../escaped' }),
  'an empty commit': head({ 'x-repo-commit': '' }),
  'a commit of 41 digits': head({ 'x-repo-commit': 'c'.repeat(41) }),
  'a size below zero': head({ 'x-linked-size': '-5' }),
  'a size of words': head({ 'x-linked-size': 'large' }),
  'a size of 1e18': head({ 'x-linked-size': '1000000000000000000' }),
  'a size of 500 TB': head({ 'x-linked-size': '500000000000000' }),
  'a size of 0': head({ 'x-linked-size': '0' }),
  'a size too small': head({ 'x-linked-size': '100' }),
  'a size too large': head({ 'x-linked-size': '1000000' }),
  'a header of 2 MB': head({ 'x-much': 'm'.repeat(2_000_000) }),
  '10,000 headers': {
    head: ({ response, content }) =>
      response
        .writeHead(200, {
          ...facts(content),
          ...Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x-${i}`, 'y'])),
        })
        .end(),
  },
  'a redirect to itself': {
    head: ({ request, response }) => response.writeHead(302, { location: request.url }).end(),
  },
  'redirects without end': {
    head: ({ request, response, count }) =>
      response.writeHead(307, { location: `/hop${count}${request.url.replace(/^\/hop\d+/, '')}` }).end(),
  },
  'a redirect to file:': bare(302, { location: 'file:///etc/passwd' }),
  'a redirect to data:': bare(302, { location: 'data:text/plain,hello' }),
  'a redirect to ftp:': bare(302, { location: 'ftp://127.0.0.1/file' }),
  'a redirect to javascript:': bare(302, { location: 'javascript:alert(1)' }),
  'a redirect to nowhere': bare(302),
  'a redirect to no address': bare(302, { location: 'http://[' }),
  'a redirect to another host by //': bare(302, { location: '//127.0.0.1:1/file' }),
  'HEAD hangs': { head: () => undefined },
  'HEAD is reset': { head: ({ request }) => request.socket.resetAndDestroy() },
  'HEAD is hung up': { head: ({ request }) => request.socket.destroy() },
  'no HTTP at all': { head: raw('220 smtp.example.org ESMTP\r\n') },
  'half a status line': { head: raw('HTTP/1.1 20') },
  'headers cut short': { head: raw('HTTP/1.1 200 OK\r\netag: "a') },
  'two content-lengths': { head: raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n') },
  'a header with control characters': { head: raw('HTTP/1.1 200 OK\r\ne\u0000tag: a\u0007b\r\n\r\n') },
  'status 101': {
    head: raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
  },
  'status 999': { head: raw('HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n') },
  'informational answers without end': {
    head: ({ request }) => {
      const timer = setInterval(() => request.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
      request.socket.on('close', () => clearInterval(timer));
    },
  },
};

const atGet = {
  'a gzip bomb of 200 MB': get(({ response }) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  ),
  'gzip that nobody asked for': get(({ response, content }) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(content)),
  ),
  'deflate that nobody asked for': get(({ response, content }) =>
    response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync(content)),
  ),
  'an unknown encoding': get(({ response, content }) =>
    response.writeHead(200, { 'content-encoding': 'x-rot13' }).end(content),
  ),
  'a body without end': get((exchange) => endless(exchange)),
  'ten bytes too many': get(({ response, content }) =>
    response.writeHead(200).end(Buffer.concat([content, Buffer.alloc(10)])),
  ),
  'ten bytes too few': get(({ response, content }) => response.writeHead(200).end(content.subarray(10))),
  'a length too large': get(({ response, content }) => {
    response.writeHead(200, { 'content-length': content.length + 10 });
    response.write(content, () => response.destroy());
  }),
  'a length too small': get(({ response, content }) =>
    response.writeHead(200, { 'content-length': 10 }).end(content.subarray(0, 10)),
  ),
  'a page of the same length': get(({ response, content }) =>
    response.writeHead(200, lengthOnly(content)).end(page.padEnd(content.length)),
  ),
  'a page in place of the file': get(({ response }) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  ),
  'an empty body': get(({ response }) => response.writeHead(200).end()),
  'a flipped bit': get(({ response, content }) => send(response, flipped(content))),
  'breaks off again and again': get(breakOff),
  'stalls in the middle': get(({ response, content }) => {
    response.writeHead(200, lengthOnly(content));
    response.write(content.subarray(0, 100));
  }),
  'drips a byte at a time': get((exchange) => endless(exchange, Buffer.from('x'), 50)),
  'reset in the middle': get(({ request, response, content }) => {
    response.writeHead(200, lengthOnly(content));
    response.write(content.subarray(0, 100), () => setTimeout(() => request.socket.resetAndDestroy(), 20));
  }),
  'GET hangs': get(() => undefined),
  'GET is reset': get(({ request }) => request.socket.resetAndDestroy()),
  'GET 500': get(({ response }) => response.writeHead(500).end('no')),
  'GET 403 with an endless body': get((exchange) => {
    const { response } = exchange;
    const write = response.writeHead.bind(response);
    response.writeHead = () => write(403);
    endless(exchange);
  }),
  'GET 404': get(({ response }) => response.writeHead(404).end()),
  'GET 206 that nobody asked for': get(({ response, content }) =>
    response
      .writeHead(206, { 'content-range': `bytes 7-${content.length - 1}/${content.length}` })
      .end(content.subarray(7)),
  ),
  'a redirect of GET to file:': get(({ response }) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  ),
  'a redirect of GET to itself': get(({ request, response }) =>
    response.writeHead(302, { location: request.url }).end(),
  ),
  'a redirect of GET to a closed port': get(({ response }) =>
    response.writeHead(302, { location: 'http://127.0.0.1:9/file' }).end(),
  ),
  'a chunk of a size that is none': get(({ request }) =>
    request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n'),
  ),
  'a chunk longer than it says': get(({ request }) =>
    request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n'),
  ),
  'chunks without an end': get(({ request }) =>
    request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  ),
  'wrong bytes on resume': get(
    onResume(({ response, content, request }) =>
      send(response, flipped(content).fill(0), request.headers.range),
    ),
  ),
};

const works = {
  'HEAD 503 once': { head: once(({ response }) => response.writeHead(503).end()) },
  'HEAD 429 once, for a second': {
    head: once(({ response }) => response.writeHead(429, { 'retry-after': '1' }).end()),
  },
  'HEAD is reset once': { head: once(({ request }) => request.socket.resetAndDestroy()) },
  'HEAD hangs once': { head: once(() => undefined) },
  'three redirects within the hub': {
    head: ({ request, response }) => {
      const hop = Number(/^\/hop(\d)/.exec(request.url)?.[1] ?? 0);
      if (hop === 3) return false;
      response.writeHead(307, { location: `/hop${hop + 1}${request.url.replace(/^\/hop\d/, '')}` }).end();
      return true;
    },
  },
  'a weak etag': {
    head: ({ response, content }) =>
      response.writeHead(200, { ...facts(content), etag: `W/${facts(content).etag}` }).end(),
  },
  'etag ..': head({ etag: '".."' }),
  'etag of a path upwards': head({ etag: '"../../../../../escaped"' }),
  'etag of an absolute path': head({ etag: '"/tmp/escaped"' }),
  'etag of 8,000 letters': head({ etag: `"${'e'.repeat(8000)}"` }),
  'an etag that is no hash': head({ etag: '"1234-abc"' }),
  'GET 503 once': { get: once(({ response }) => response.writeHead(503).end()) },
  'GET breaks off once': { get: once(breakOff) },
  'GET stalls once': {
    get: once(({ response, content }) => {
      response.writeHead(200, lengthOnly(content));
      response.write(content.subarray(0, 100));
    }),
  },
  '416 on resume': { get: onResume(({ response }) => response.writeHead(416).end()) },
  '200 on resume': { get: onResume(({ response, content }) => send(response, content)) },
  'another range on resume': {
    get: onResume(({ response, content }) =>
      response
        .writeHead(206, { 'content-range': `bytes 3-${content.length - 1}/${content.length}` })
        .end(content.subarray(3)),
    ),
  },
  '206 without a range on resume': {
    get: onResume(({ response, content }) => response.writeHead(206).end(content)),
  },
  'no lengths, in chunks of 7': {
    get: ({ response, content }) => {
      response.writeHead(200);
      for (let i = 0; i < content.length; i += 7) response.write(content.subarray(i, i + 7));
      response.end();
    },
  },
  'GET by a redirect to a store': {
    get: ({ request, response }) => {
      if (request.url.startsWith('/store')) return false;
      response.writeHead(302, { location: `/store${request.url}` }).end();
      return true;
    },
  },
};

const listed = (ends, table) => Object.entries(table).map(([name, behaviour]) => ({ name, ends, behaviour }));

export const behaviours = [...listed('error', { ...atHead, ...atGet }), ...listed('works', works)];
