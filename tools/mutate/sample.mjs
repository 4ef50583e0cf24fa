/** Stryker's checker that leaves out all but every k-th mutant: Stryker numbers them file by file, in source order. */
class Sample {
  static inject = ['options'];
  #every;

  constructor({ sampleEvery }) {
    this.#every = sampleEvery;
  }

  init() {}

  group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  check(mutants) {
    const verdict = ({ id }) =>
      Number(id) % this.#every === 0
        ? { status: 'passed' }
        : { status: 'compileError', reason: 'not in the sample' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: Sample }];
