/** Hostile servers on loopback against `im-bert data ensure`: each must end in one line, and the cache must heal. */
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { behaviours } from './servers/behaviours.mjs';
import { bytesUnder, faultOf, startEnsure } from './servers/command.mjs';
import { blobName, startHub } from './servers/honest-hub.mjs';

const glue = (split) => `datasets/nyu-mll/glue/rte/${split}-00000-of-00001.parquet`;
const atOnce = 3;
const room = 20 * 2 ** 20;

/** Small files of RTE, made here. */
async function makeFiles(folder) {
  const { DuckDBInstance } = createRequire(new URL('../../packages/data/package.json', import.meta.url))(
    '@duckdb/node-api',
  );
  const connection = await (await DuckDBInstance.create()).connect();
  const files = new Map();
  for (const [split, rows] of [
    ['train', 3000],
    ['validation', 300],
  ]) {
    const path = join(folder, `${split}.parquet`);
    const columns =
      'md5(i::varchar) as sentence1, md5((i + 7)::varchar) as sentence2, (i % 2)::bigint as label, i::int as idx';
    await connection.run(
      `copy (select ${columns} from range(${rows}) as t(i)) to '${path}' (format parquet)`,
    );
    files.set(glue(split), await readFile(path));
  }
  connection.closeSync();
  return files;
}

async function makePlace(folder, number) {
  const place = join(folder, `server-${number}`);
  const site = join(place, 'home', 'assets', 'im-bert', 'adversarialglue.github.io', 'dataset');
  await mkdir(site, { recursive: true });
  const row = { idx: 0, sentence1: 'a', sentence2: 'b', label: 0, data_construction: 'word', method: 'm' };
  const tasks = ['sst2', 'qqp', 'mnli', 'mnli-mm', 'qnli', 'rte'];
  await writeFile(
    join(site, 'dev_ann.json'),
    JSON.stringify(Object.fromEntries(tasks.map((task) => [task, task === 'rte' ? [row] : []]))),
  );
  return place;
}

/** What is wrong with the cache: too much in it, files elsewhere, or a blob that is not what its name says. */
async function faultOfCache(place, files) {
  if (bytesUnder(place) > room) return `${bytesUnder(place)} bytes were left`;
  const strangers = (await readdir(place)).filter((name) => !['home', 'runs', 'runs-2'].includes(name));
  if (strangers.length > 0) return `wrote ${strangers.join(', ')}`;
  const blobs = join(place, 'home', 'hub', 'datasets--nyu-mll--glue', 'blobs');
  const good = [...files.values()].map(blobName);
  for (const name of await readdir(blobs)) {
    if (good.includes(name) && blobName(await readFile(join(blobs, name))) !== name)
      return `a bad blob ${name}`;
  }
  return undefined;
}

/** The command against a behaviour, then against the same server turned good. */
async function tryBehaviour({ behaviour, ends }, place, files) {
  const hub = await startHub(files);
  try {
    hub.behaviour = behaviour;
    const bad = faultOf(await startEnsure(place, { HF_ENDPOINT: hub.origin }).ended, ends);
    if (bad !== undefined) return bad;
    return await heals(hub, place, files);
  } finally {
    await hub.close();
  }
}

async function heals(hub, place, files) {
  hub.behaviour = {};
  const good = faultOf(await startEnsure(place, { HF_ENDPOINT: hub.origin }).ended, 'works');
  return good === undefined ? faultOfCache(place, files) : `does not heal: ${good}`;
}

/** A setting with which no server can be asked; then a good one. */
const setting = (name, settings) => ({
  name,
  run: async (place, files) => {
    const hub = await startHub(files);
    try {
      const given = settings(hub);
      const bad = faultOf(await startEnsure(place, { HF_ENDPOINT: hub.origin, ...given }).ended, 'error');
      return bad ?? (await heals(hub, place, files));
    } finally {
      await hub.close();
    }
  },
});

/** A cache that something happened to; then a good server. */
const damage = (name, spoil) => ({
  name,
  run: async (place, files) => {
    const hub = await startHub(files);
    try {
      const first = faultOf(await startEnsure(place, { HF_ENDPOINT: hub.origin }).ended, 'works');
      if (first !== undefined) return first;
      const repository = join(place, 'home', 'hub', 'datasets--nyu-mll--glue');
      const blob = join(repository, 'blobs', blobName(files.get(glue('train'))));
      await spoil({ repository, blob });
      await rm(join(place, 'runs'), { recursive: true });
      return await heals(hub, place, files);
    } finally {
      await hub.close();
    }
  },
});

const slowly = ({ response, content }) => {
  response.writeHead(200, { 'content-length': content.length });
  let place = 0;
  const timer = setInterval(() => {
    response.write(content.subarray(place, (place += 5000)));
    if (place >= content.length || response.destroyed) clearInterval(timer);
  }, 50);
};

const together = (name, behaviour, kill) => ({
  name,
  run: async (place, files) => {
    const hub = await startHub(files);
    hub.behaviour = behaviour;
    try {
      const commands = ['runs', 'runs-2'].map((runs) =>
        startEnsure(place, { HF_ENDPOINT: hub.origin }, runs),
      );
      if (kill) {
        while (hub.counts.get === 0) await pause(20);
        await pause(150);
        commands[0].child.kill('SIGKILL');
      }
      for (const { ended } of kill ? commands.slice(1) : commands) {
        const fault = faultOf(await ended, 'works');
        if (fault !== undefined) return fault;
      }
      return await heals(hub, place, files);
    } finally {
      await hub.close();
    }
  },
});

const breaksOnce = ({ response, content, count }) => {
  if (count > 2) return false;
  response.writeHead(200, { 'content-length': content.length });
  response.write(content.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
  return true;
};

const others = [
  setting('a host without an address', () => ({ HF_ENDPOINT: 'http://nowhere.invalid' })),
  setting('a closed port', () => ({ HF_ENDPOINT: 'http://127.0.0.1:9' })),
  setting('TLS asked of a server without', ({ port }) => ({ HF_ENDPOINT: `https://127.0.0.1:${port}` })),
  setting('an endpoint that is no address', () => ({ HF_ENDPOINT: 'huggingface' })),
  setting('an endpoint of files', () => ({ HF_ENDPOINT: 'file:///etc' })),
  setting('a token of two lines', () => ({ HF_TOKEN: 'one\ntwo' })),
  setting('a timeout of words', () => ({ HF_HUB_ETAG_TIMEOUT: 'soon' })),
  setting('no network allowed', () => ({ HF_HUB_OFFLINE: '1' })),
  setting('a cache that is a file', () => ({ HF_HUB_CACHE: new URL(import.meta.url).pathname })),
  damage('a cached file cut short', ({ blob }) => truncate(blob, 100)),
  damage('a cached file with a flipped bit', async ({ blob }) => {
    const bytes = await readFile(blob);
    bytes[50] ^= 1;
    await writeFile(blob, bytes);
  }),
  damage('a cached file that became a page', ({ blob }) => writeFile(blob, '<html>')),
  damage('a cached file that is gone', ({ blob }) => rm(blob)),
  damage('refs/main of a path upwards', ({ repository }) =>
    writeFile(join(repository, 'refs', 'main'), '../../..'),
  ),
  damage('an empty refs/main', ({ repository }) => writeFile(join(repository, 'refs', 'main'), '')),
  damage('no snapshots', ({ repository }) => rm(join(repository, 'snapshots'), { recursive: true })),
  damage('a part that nobody owns', async ({ blob }) => {
    await rm(blob);
    await writeFile(`${blob}.im-bert-elsewhere-1.incomplete`, 'x');
  }),
  together('two processes at once', {}, false),
  together('two processes at once, slowly', { get: slowly }, false),
  together('two processes at once, each broken off', { get: breaksOnce }, false),
  together('two processes at once, one of them killed', { get: slowly }, true),
];

const trialsOf = (files) => [
  ...behaviours.map((entry) => ({ name: entry.name, run: (place) => tryBehaviour(entry, place, files) })),
  ...others.map(({ name, run }) => ({ name, run: (place) => run(place, files) })),
];

export default {
  title: 'Hostile servers',
  async run({ seconds, seed, trials, folder, log }) {
    const started = Date.now();
    await mkdir(folder, { recursive: true });
    const list = trialsOf(await makeFiles(folder));
    const begin = seed % list.length;
    const queue = [...list.slice(begin), ...list.slice(0, begin)].slice(0, trials ?? list.length);
    const outcomes = { held: 0, failed: 0 };
    const failures = [];
    let number = 0;
    const work = async () => {
      while (queue.length > 0 && Date.now() - started < seconds * 1000) {
        const { name, run } = queue.shift();
        const place = await makePlace(folder, number++);
        const fault = await run(place).catch((error) => `the trial itself failed: ${error}`);
        outcomes[fault === undefined ? 'held' : 'failed']++;
        if (fault !== undefined) failures.push(`${name}: ${fault}`);
        log?.(`${name}: ${fault ?? 'held'}`);
        await rm(place, { recursive: true, force: true });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { trials: number, outcomes, failures };
  },
};
