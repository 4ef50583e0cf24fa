import { readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { resolveHub } from '@im-bert/data';
import { blobName, commit } from './hub-server.ts';
import { temporaryFolder } from './support.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

const file = 'datasets/org/set/rows.parquet';
const content = Buffer.from(`PAR1${'rows'.repeat(500)}PAR1`);
const facts = { 'x-repo-commit': commit, etag: `"${blobName(content)}"`, 'content-length': content.length };
const honest = {
  head: (_: IncomingMessage, response: ServerResponse) => response.writeHead(200, facts).end(),
  get: (_: IncomingMessage, response: ServerResponse) => response.end(content),
};
const kept = { ...process.env };
let behaviour: { head: Listener; get: Listener };
let server: Server;
let home: string;

beforeEach(async () => {
  home = await temporaryFolder('hostile');
  server = createServer((request, response) => {
    behaviour[request.method === 'HEAD' ? 'head' : 'get'](request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.startsWith('HF_')));
  const timeouts = { HF_HUB_ETAG_TIMEOUT: '0.2', HF_HUB_DOWNLOAD_TIMEOUT: '0.2' };
  Object.assign(process.env, { HF_HOME: home, HF_ENDPOINT: `http://127.0.0.1:${String(port)}`, ...timeouts });
});

afterEach(async () => {
  process.env = kept;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true });
});

const withHead = (headers: Record<string, string>, status = 200): Listener => {
  return (_, response) => response.writeHead(status, { ...facts, ...headers }).end();
};

/** What the hub says with the server as it is; afterwards, with an honest one, it has to have the file. */
async function complaint(hostile: Partial<typeof behaviour>): Promise<string> {
  behaviour = { ...honest, ...hostile };
  const message = await resolveHub()
    .file(file)
    .then(
      () => 'no complaint',
      (error: unknown) =>
        error instanceof Error && error.name === 'UserError'
          ? error.message
          : `${String(error)} is no UserError`,
    );
  behaviour = honest;
  await expect(resolveHub().file(file)).resolves.toMatch(/rows\.parquet$/);
  expect(message).not.toContain('\n');
  return message;
}

test.each([
  ['a commit that leads upwards', { 'x-repo-commit': '../../../escaped' }, 200, 'commit "../../../escaped"'],
  ['a commit that is ..', { 'x-repo-commit': '..' }, 200, 'commit ".."'],
  ['an etag of nothing', { etag: '""' }, 200, 'not the word of a hub'],
  ['a size that no disk has room for', { 'x-linked-size': '500000000000000' }, 200, 'expected room for'],
  ['a redirect to a file', { location: 'file:///etc/passwd' }, 302, 'a redirect to "file:///etc/passwd"'],
  ['a redirect that is no address', { location: 'http://[' }, 302, 'a redirect to "http://["'],
  ['a redirect to nowhere', { location: '' }, 302, 'a redirect to nowhere'],
  ['a redirect to itself', { location: '/again' }, 307, 'more than 5 redirects'],
  ['a day to wait', { 'retry-after': '86400' }, 429, 'HTTP status 429, which asks to wait 86400 s'],
  ['a gate', { 'x-error-code': 'GatedRepo' }, 403, 'set HF_TOKEN'],
])('%s is one clear line', async (_, headers: Record<string, string>, status, expected) => {
  expect(await complaint({ head: withHead(headers, status) })).toContain(expected);
});

test.each([
  ['..', '".."'],
  ['a path upwards', '"../../../../escaped"'],
  ['an absolute path', '"/etc/escaped"'],
  ['too long for a file name', `"${'e'.repeat(5000)}"`],
])('an etag that is %s names no file', async (_, etag) => {
  expect(await complaint({ head: withHead({ etag }) })).toBe('no complaint');
  const blobs = await readdir(join(home, 'hub', 'datasets--org--set', 'blobs'));
  expect(blobs).toContainEqual(expect.stringMatching(/^etag-[0-9a-f]{64}$/));
  expect(await readdir(home)).toEqual(['hub']);
});

test('a compressed answer, of which a few bytes could fill the disk, is refused unread', async () => {
  const get: Listener = (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
  expect(await complaint({ get })).toContain('got a compressed answer ("gzip") that was not asked for');
});

test('a body that goes on beyond its announced size is cut off', async () => {
  const get: Listener = (_, response) => response.writeHead(200).end(Buffer.alloc(5_000_000));
  expect(await complaint({ get })).toContain(`got more than ${String(content.length)} bytes`);
});

test('a server that drips is given up', async () => {
  const get: Listener = (_, response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  };
  expect(await complaint({ get })).toMatch(/got \d+ bytes a second for 0.2 s/);
});

test.each([
  ['HF_ENDPOINT', 'huggingface'],
  ['HF_ENDPOINT', 'file:///etc'],
  ['HF_TOKEN', 'secret\nof two lines'],
  ['HF_HUB_ETAG_TIMEOUT', 'soon'],
])('%s=%j is one clear line, which shows no token', async (name, value) => {
  behaviour = honest;
  process.env[name] = value;
  const failure: unknown = await resolveHub()
    .file(file)
    .catch((error: unknown) => error);
  expect(String(failure)).toMatch(new RegExp(`^UserError: ${name}: expected .*$`));
  expect(String(failure)).not.toContain('secret');
});
