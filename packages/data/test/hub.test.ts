import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveHub } from '@im-bert/data';
import { blobName, commit, type HubServer, startHubServer } from './hub-server.ts';
import { temporaryFolder } from './support.ts';

const train = 'datasets/org/set/train.parquet';
const kept = { ...process.env };
let server: HubServer;
let home: string;

beforeEach(async () => {
  server = await startHubServer();
  home = await temporaryFolder('home');
  process.env = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.startsWith('HF_')));
  Object.assign(process.env, { HF_HOME: home, HF_ENDPOINT: server.origin });
});

afterEach(async () => {
  process.env = kept;
  await server.close();
  await rm(home, { recursive: true });
});

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder('folder');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

function bytes(count: number): Buffer {
  return randomBytes(count);
}

async function blobs(): Promise<string[]> {
  return (await readdir(join(home, 'hub', 'datasets--org--set', 'blobs'))).sort();
}

test('a file of the folder is used where it lies, and nothing is asked of the network', async () => {
  const folder = await folderWith({ [train]: 'rows' });
  expect(await resolveHub({ folder }).file(train)).toBe(join(folder, train));
  expect(server.asked).toEqual([]);
});

test("a fetched file lies in the cache as Python's huggingface_hub lays it, and is not fetched twice", async () => {
  const content = bytes(5000);
  server.files.set(train, content);
  const place = await resolveHub().file(train);
  const repository = join(home, 'hub', 'datasets--org--set');
  expect(place).toBe(join(repository, 'snapshots', commit, 'train.parquet'));
  expect(await realpath(place)).toBe(await realpath(join(repository, 'blobs', blobName(content))));
  expect(await readFile(join(repository, 'refs', 'main'), 'utf8')).toBe(commit);
  expect((await readFile(place)).equals(content)).toBe(true);
  const before = server.asked.length;
  expect(await resolveHub().file(train)).toBe(place);
  expect(server.asked.length).toBe(before);
});

test('a small file, which the hub names by its git hash, is fetched and checked too', async () => {
  server.files.set('datasets/org/set/notes.txt', Buffer.from('a few words'));
  expect(await readFile(await resolveHub().file('datasets/org/set/notes.txt'), 'utf8')).toBe('a few words');
  server.corrupts = true;
  server.files.set('datasets/org/set/more.txt', Buffer.from('other words'));
  await expect(resolveHub().file('datasets/org/set/more.txt')).rejects.toThrow('now discarded');
});

test('a download that breaks off goes on where it stopped', async () => {
  const content = bytes(300_000);
  server.files.set(train, content);
  server.breaks = 2;
  const place = await resolveHub().file(train);
  expect((await readFile(place)).equals(content)).toBe(true);
  const ranges = server.asked
    .filter((line) => line.startsWith('GET /store'))
    .map((line) => line.split(' ')[2]);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.slice(1)).toEqual(['bytes=150000-', 'bytes=225000-']);
});

test('a download that never ends well is one clear line; its part is not used, and the next run goes on with it', async () => {
  const content = bytes(300_000);
  server.files.set(train, content);
  server.breaks = 4;
  await expect(resolveHub().file(train)).rejects.toThrow(
    /expected an answer from the server, got .*\. Go online/,
  );
  expect(await blobs()).toEqual([
    expect.stringMatching(`^${blobName(content)}.im-bert\\..*\\.${String(process.pid)}.incomplete$`),
  ]);
  await expect(resolveHub().find(train, { fetch: false })).resolves.toBeUndefined();
  server.asked.length = 0;
  expect((await readFile(await resolveHub().file(train))).equals(content)).toBe(true);
  expect(server.asked.at(-1)).toMatch(/bytes=2\d+-$/);
  expect(await blobs()).toEqual([blobName(content)]);
});

test.each([
  ['right', 100_000],
  ['wrong', 0],
  ['whole', 300_000],
])(
  'a %s part that a crashed process left is taken over, and the file is right in the end',
  async (kind, from) => {
    const content = bytes(300_000);
    server.files.set(train, content);
    const folder = join(home, 'hub', 'datasets--org--set', 'blobs');
    await mkdir(folder, { recursive: true });
    const part = join(folder, `${blobName(content)}.im-bert.${hostname()}.999999999.incomplete`);
    await writeFile(part, kind === 'wrong' ? bytes(1000) : content.subarray(0, from));
    expect((await readFile(await resolveHub().file(train))).equals(content)).toBe(true);
    expect(await blobs()).toEqual([blobName(content)]);
    const gets = server.asked.filter((line) => line.startsWith('GET /store'));
    expect(gets).toHaveLength({ right: 1, wrong: 2, whole: 0 }[kind] ?? NaN);
  },
);

test('the part of a process that lives is left to it', async () => {
  const content = bytes(300_000);
  server.files.set(train, content);
  const folder = join(home, 'hub', 'datasets--org--set', 'blobs');
  await mkdir(folder, { recursive: true });
  const other = `${blobName(content)}.im-bert.${hostname()}.${String(process.ppid)}.incomplete`;
  await writeFile(join(folder, other), bytes(1000));
  expect((await readFile(await resolveHub().file(train))).equals(content)).toBe(true);
  expect(await blobs()).toEqual([blobName(content), other]);
});

test('bytes that do not fit the hash are discarded', async () => {
  server.files.set(train, bytes(5000));
  server.corrupts = true;
  await expect(resolveHub().file(train)).rejects.toThrow('got bytes without the hash');
  expect(await blobs()).toEqual([]);
});

test('two that fetch the same file at once both get it whole', async () => {
  const content = bytes(2_000_000);
  server.files.set(train, content);
  server.breaks = 1;
  const places = await Promise.all([resolveHub().file(train), resolveHub().file(train)]);
  for (const place of places) expect((await readFile(place)).equals(content)).toBe(true);
  expect(await blobs()).toEqual([blobName(content)]);
});

test('a cached file that was damaged later is thrown away and fetched anew', async () => {
  const content = bytes(5000);
  server.files.set(train, content);
  const place = await resolveHub().file(train);
  await truncate(await realpath(place), 100);
  await expect(resolveHub().find(train, { fetch: false })).resolves.toBeUndefined();
  expect(await resolveHub().file(train)).toBe(place);
  expect((await readFile(place)).equals(content)).toBe(true);
});

test('a file that is nowhere, a repository that is nowhere and a server that is nowhere are told apart', async () => {
  server.files.set(train, bytes(10));
  await expect(resolveHub().find('datasets/org/set/test.parquet')).resolves.toBeUndefined();
  await expect(resolveHub().file('datasets/org/set/test.parquet')).rejects.toThrow(
    'datasets/org/set/test.parquet: expected the file in the Hugging Face cache or at http://127.0.0.1',
  );
  await expect(resolveHub().file('datasets/org/other/x')).rejects.toThrow('got HTTP status 404');
  process.env['HF_ENDPOINT'] = 'http://127.0.0.1:9';
  await expect(resolveHub().file(train)).rejects.toThrow(
    /expected an answer from the server, got .+ Go online/,
  );
  process.env['HF_HUB_OFFLINE'] = '1';
  await expect(resolveHub().file(train)).rejects.toThrow('got HF_HUB_OFFLINE, which forbids asking');
});

test('a folder that holds the siblings of a file speaks for it; for others the network is asked', async () => {
  const folder = await folderWith({ [train]: 'rows' });
  server.files.set('datasets/org/set/validation.parquet', bytes(10));
  server.files.set('models/org/model/config.json', Buffer.from('{}'));
  const hub = resolveHub({ folder });
  await expect(hub.find('datasets/org/set/validation.parquet')).resolves.toBeUndefined();
  expect(server.asked).toEqual([]);
  expect(await readFile(await hub.file('models/org/model/config.json'), 'utf8')).toBe('{}');
});

test('a model is the folder with its three files, of one commit, fetched or given', async () => {
  for (const file of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'])
    server.files.set(`models/org/model/${file}`, Buffer.from(file));
  const folder = await resolveHub().model('org/model');
  expect((await readdir(folder)).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  expect(server.asked.filter((line) => line.includes('/resolve/main/config.json'))).toHaveLength(2);
  expect(server.asked.some((line) => line.includes(`/resolve/${commit}/tokenizer.json`))).toBe(true);
  const before = server.asked.length;
  expect(await resolveHub().model('org/model')).toBe(folder);
  expect(server.asked.length).toBe(before);
  const given = await folderWith({
    'models/org/model/config.json': '{}',
    'models/org/model/tokenizer.json': '{}',
  });
  await expect(resolveHub({ folder: given }).model('org/model')).rejects.toThrow(
    'models/org/model/model.safetensors: expected the file in',
  );
});

test("another site's file comes whole or not at all, and lies in the assets cache", async () => {
  const path = 'adversarialglue.github.io/dataset/dev_ann.json';
  server.files.set(path, Buffer.from(JSON.stringify({ sst2: Array.from({ length: 3000 }, () => 1) })));
  const real = globalThis.fetch;
  globalThis.fetch = (url, options) =>
    real(typeof url === 'string' ? url.replace('https://', `${server.origin}/sites/`) : url, options);
  try {
    server.breaks = 4;
    await expect(resolveHub().file(path)).rejects.toThrow('expected an answer from the server');
    server.files.set('site.org/page.json', Buffer.from('<!DOCTYPE html><p>Log in</p>'));
    await expect(resolveHub().file('site.org/page.json')).rejects.toThrow('got a web page');
    const place = join(home, 'assets', 'im-bert', path);
    await expect(readFile(place)).rejects.toThrow('ENOENT');
    expect(await resolveHub().file(path)).toBe(place);
    expect((await readFile(place)).equals(server.files.get(path) ?? Buffer.alloc(0))).toBe(true);
    expect(await resolveHub().find(path)).toEqual({ path: place, origin: 'cache' });
  } finally {
    globalThis.fetch = real;
  }
});

test('a cache without refs is used where it holds a single commit', async () => {
  const folder = join(home, 'hub', 'datasets--org--set', 'snapshots', commit);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'train.parquet'), 'PAR1 rows PAR1');
  expect(await resolveHub().file(train)).toBe(join(folder, 'train.parquet'));
});

test('a hub folder that is missing, a file, empty or of another layout is one clear line', async () => {
  const folder = await folderWith({ readme: 'text' });
  const expected = 'expected a readable folder in the layout of the hub';
  const refusal =
    (path: string): (() => void) =>
    () =>
      resolveHub({ folder: path });
  expect(refusal(join(folder, 'nowhere'))).toThrow(
    `${expected} (datasets/<org>/<name>/..., models/<org>/<name>/...), got none.`,
  );
  expect(refusal(join(folder, 'readme'))).toThrow('got something that is not a folder.');
  expect(refusal(folder)).toThrow('got one with readme.');
  await rm(join(folder, 'readme'));
  expect(refusal(folder)).toThrow('got an empty one.');
});

test('an empty file, a Git LFS pointer and a path that leaves the folder are refused', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n';
  const folder = await folderWith({ [train]: '', 'datasets/org/set/pointer': pointer });
  const hub = resolveHub({ folder });
  await expect(hub.file(train)).rejects.toThrow(
    'expected the file itself, got an empty one. Copy the whole file there.',
  );
  await expect(hub.file('datasets/org/set/pointer')).rejects.toThrow('got a Git LFS pointer');
  await appendFile(join(folder, train), 'rows');
  expect(await hub.file(train)).toBe(join(folder, train));
  await expect(hub.file('datasets/org/set/../../../../etc/passwd')).rejects.toThrow('got something else');
});
