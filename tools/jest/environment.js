import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

// What a test sets in its sandbox's copy of process.env never reaches native code, so jit's own setting does not.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/**
 * Node's environment with the outer realm's typed arrays: onnxruntime-node checks `instanceof Float32Array` against
 * the realm it was loaded in, and rejects the sandbox's own. Each test file has a folder of its own for temporary
 * files, which goes when the file is done.
 */
export default class extends TestEnvironment {
  #outerFolder;
  #folder;

  constructor(config, context) {
    super(config, context);
    for (const name of Object.getOwnPropertyNames(globalThis))
      if (/Array$|^ArrayBuffer$/.test(name) && name !== 'Array') this.global[name] = globalThis[name];
  }

  async setup() {
    await super.setup();
    this.#outerFolder = tmpdir();
    this.#folder = await mkdtemp(join(this.#outerFolder, 'im-bert-test-'));
    this.#useFolder(this.#folder);
    this.#leaveOutAdvice();
  }

  async teardown() {
    this.#useFolder(this.#outerFolder);
    await rm(this.#folder, { recursive: true, force: true });
    await super.teardown();
  }

  /** tfjs advises every test file to install its node backend; the cpu backend is what tests compare with. */
  #leaveOutAdvice() {
    const { console } = this.global;
    const warn = console.warn.bind(console);
    console.warn = (...words) => {
      if (!String(words[0]).includes('install our node backend')) warn(...words);
    };
  }

  /** For os.tmpdir(), here and in the processes that tests start. */
  #useFolder(folder) {
    process.env.TMPDIR = folder;
    this.global.process.env.TMPDIR = folder;
  }
}
