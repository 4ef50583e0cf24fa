import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs a compiled function in a process whose home is empty. Returns what it printed and what Microsoft's software left there. */
async function runAt(setting: Record<string, string>): Promise<{ printed: string; written: string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'im-bert-home-'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@im-bert/source',
      '--import',
      place('../../../tools/jest/typescript-hooks.mjs'),
      place('./support/run-once-child.ts'),
    ],
    {
      env: {
        PATH: process.env['PATH'], // and no more: on a machine of continuous integration ONNX Runtime sends nothing by itself
        HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        ...setting,
      },
    },
  );
  const written = await readdir(home, { recursive: true }); // swc, which reads the sources, has a cache there too
  return { printed: stdout.trim(), written: written.filter((path) => path.includes('Microsoft')) };
}

test("a run writes no device id and no database of ONNX Runtime's telemetry into the user's cache", async () => {
  expect(await runAt({})).toEqual({ printed: '42', written: [] });
});

const writesTelemetry = process.platform === 'linux' ? test : test.skip;

writesTelemetry('who asks for the telemetry gets it, so the test above could fail', async () => {
  const { printed, written } = await runAt({ ORT_DISABLE_TELEMETRY: '0' });
  expect(printed).toBe('42');
  expect(written).toContain('cache/Microsoft/DeveloperTools/.onnxruntime/deviceid');
});
