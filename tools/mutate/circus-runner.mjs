/**
 * Stryker's test runner for this project: Jest's own test functions and `expect` in a plain Node.js process that stays.
 * Sources are loaded once and a mutant is a switch in them, so it costs what its tests cost; Jest would load the whole
 * module graph again for each. Test files are evaluated anew for each mutant, and what they run outside a test counts
 * for all of their tests; a mutant of what runs while sources load gets a process of its own.
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'expect';
import * as circus from 'jest-circus';

const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } = circus;
Object.assign(globalThis, { describe, test, it, beforeAll, beforeEach, afterAll, afterEach, expect });

const stryker = (globalThis.__stryker__ ??= {});
const outcome = { success: 0, failed: 1, skipped: 2 }; // TestStatus of Stryker

/** Unique in an area: `adam.test.ts: moments of rare words become zero`. */
const testId = (file, names) =>
  `${basename(file)}: ${names.filter((name) => name !== 'ROOT_DESCRIBE_BLOCK').join(' ')}`;

function namesOf(entry) {
  return entry === undefined ? [] : [...namesOf(entry.parent), entry.name];
}

function testsIn(block) {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)));
}

class CircusRunner {
  static inject = ['options'];
  #files;
  #evaluations = 0;
  #killers = 0;

  constructor(options) {
    this.#files = options.testFilesOfArea;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    stryker.mutantCoverage = { static: {}, perTest: {} };
    await this.#load();
    const tests = await this.#run(this.#files);
    const { perTest } = stryker.mutantCoverage;
    for (const file of this.#files) {
      const outside = Object.entries(perTest[file] ?? {});
      delete perTest[file];
      for (const { id } of tests.filter(({ fileName }) => fileName === file))
        for (const [mutant, hits] of outside)
          (perTest[id] ??= {})[mutant] = (perTest[id][mutant] ?? 0) + hits;
    }
    return { status: 'complete', tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    if (mutantActivation === 'static') stryker.activeMutant = activeMutant.id;
    try {
      await this.#load();
      Object.assign(stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
      const wanted = testFilter === undefined ? undefined : new Set(testFilter);
      const tests = await this.#run(this.#files, wanted, true);
      const { hitCount } = stryker;
      Object.assign(stryker, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (hitLimit !== undefined && hitCount > hitLimit) return { status: 'timeout', reason: 'hit limit' };
      const nrOfTests = tests.filter(({ status }) => status !== outcome.skipped).length;
      const killer = tests.find(({ status }) => status === outcome.failed);
      if (killer === undefined) return { status: 'survived', nrOfTests };
      if (mutantActivation !== 'static') await this.#confirm(killer);
      return { status: 'killed', nrOfTests, killedBy: [killer.id], failureMessage: killer.failureMessage };
    } finally {
      stryker.activeMutant = undefined;
    }
  }

  /**
   * An earlier mutant may have left something behind that fails the test by itself: then Stryker tries this mutant
   * once more, in a fresh process, whose first failure needs no proof.
   */
  async #confirm({ id, fileName }) {
    if (this.#killers++ === 0) return;
    const again = await this.#run([fileName], new Set([id]));
    if (again.some(({ status }) => status === outcome.failed))
      throw new Error(`${id} fails without a mutant`);
  }

  /** Loads the sources, once a process: their test files are what imports them. */
  async #load() {
    if (this.#evaluations > 0) return;
    for (const file of this.#files) await this.#evaluate(file);
  }

  async #evaluate(file) {
    circus.resetState();
    circus.getState().testTimeout = 30_000;
    await import(`${pathToFileURL(file).href}?${this.#evaluations++}`);
  }

  async #run(files, wanted, bail = false) {
    const tests = [];
    for (const file of files) {
      if (wanted !== undefined && ![...wanted].some((id) => id.startsWith(`${basename(file)}: `))) continue;
      stryker.currentTestId = file;
      await this.#evaluate(file);
      tests.push(...(await this.#runEvaluated(file, wanted, bail)));
      stryker.currentTestId = undefined;
      if (bail && tests.some(({ status }) => status === outcome.failed)) break;
    }
    return tests;
  }

  async #runEvaluated(file, wanted, bail) {
    const { rootDescribeBlock } = circus.getState();
    const all = testsIn(rootDescribeBlock);
    const idOf = (entry) => testId(file, namesOf(entry));
    for (const entry of all) if (wanted !== undefined && !wanted.has(idOf(entry))) entry.mode = 'skip';
    const follow = ({ name, test: entry }) => {
      if (name === 'test_started') stryker.currentTestId = idOf(entry);
      if (name === 'test_done') stryker.currentTestId = file;
      if (name === 'test_done' && bail && entry.errors.length > 0)
        for (const other of all) other.mode = 'skip';
    };
    circus.addEventHandler(follow);
    const { testResults, unhandledErrors } = await circus.run();
    circus.removeEventHandler(follow);
    if (unhandledErrors.length > 0 && testResults.every(({ errors }) => errors.length === 0))
      throw new Error(unhandledErrors.join('\n'));
    return testResults.map(({ testPath, status, errors, duration }) => ({
      id: testId(file, testPath),
      name: testId(file, testPath),
      fileName: file,
      timeSpentMs: duration ?? 0,
      status: errors.length > 0 ? outcome.failed : status === 'done' ? outcome.success : outcome.skipped,
      failureMessage: errors[0],
    }));
  }
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'circus', injectableClass: CircusRunner }];
