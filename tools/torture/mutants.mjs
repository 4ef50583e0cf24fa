import { fork } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formats } from './support/mutant-formats.mjs';
import { budget } from './support/repeat.mjs';

const worker = fileURLToPath(new URL('./support/mutant-worker.mjs', import.meta.url));
/** Longest time and most memory of one mutant. */
const [longestSeconds, mostKilobytes] = [60, 4 * 2 ** 20];

/** A process that reads mutants; one that hangs or dies is an outcome, and another takes its place. */
class Reader {
  #child;

  constructor(name, folder) {
    this.name = name;
    this.folder = folder;
  }

  async #ask(message) {
    const child = this.#child;
    return new Promise((resolve) => {
      const end = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(
        () => end({ outcome: `longer than ${longestSeconds} s` }),
        1000 * longestSeconds,
      );
      child.once('message', end);
      child.once('exit', (code, signal) => end({ outcome: `process died (${signal ?? code})` }));
      child.send(message);
    });
  }

  async read(seed) {
    if (this.#child === undefined) {
      this.#child = fork(worker, {
        execArgv: ['--max-old-space-size=4096'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const { ready, outcome } = await this.#ask({ name: this.name, folder: this.folder });
      if (ready !== true) throw new Error(`${this.name}: the whole file could not be read: ${outcome}`);
    }
    const { outcome, kilobytes = 0 } = await this.#ask({ seed });
    if (/^(longer|process)/.test(outcome)) this.end();
    return kilobytes > mostKilobytes ? `${kilobytes} kB of memory` : outcome;
  }

  end() {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

const fine = ['same', 'an earlier state', 'one line'];

export default {
  title: 'mutated files of each format, through the loaders of the command line',
  parts: Object.keys(formats),
  async run({ seconds, seed, trials, folder, log, part }) {
    const outcomes = {};
    const failures = [];
    let total = 0;
    const names = part === undefined ? Object.keys(formats) : [part];
    for (const name of names) {
      const { isOurs = false } = formats[name];
      const place = join(folder, name);
      await mkdir(place);
      const reader = new Reader(name, place);
      const counts = {};
      const isOver = budget({ seconds: seconds / names.length, trials });
      for (let trial = 0; !isOver(trial); trial++) {
        const outcome = await reader.read(seed * 1_000_003 + trial);
        const isFine = fine.includes(outcome) || (outcome === 'other numbers' && !isOurs);
        if (!isFine) failures.push(`${name}, mutant ${trial}: ${outcome}`);
        const key = isFine ? outcome : 'FAILED';
        counts[key] = (counts[key] ?? 0) + 1;
        outcomes[key] = (outcomes[key] ?? 0) + 1;
        total += 1;
      }
      reader.end();
      log(
        `  ${name}: ${Object.entries(counts)
          .map(([outcome, count]) => `${count} ${outcome}`)
          .join(', ')}`,
      );
    }
    return { trials: total, outcomes, failures };
  },
};
