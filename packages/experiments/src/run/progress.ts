import { formatDuration, remainingSeconds } from '@im-bert/core';
import { MultiBar } from 'cli-progress';

/** Where progress is shown: a terminal, such as process.stderr, or anything that takes text. */
export type ProgressStream =
  | (NodeJS.WritableStream & { readonly isTTY?: boolean | undefined })
  | { readonly isTTY?: false; write(text: string): boolean };

/** A run's progress, in estimated seconds of work, so that dear cells count for more. */
export interface Progress {
  /** A cell begins: `IM-BERT, SST-2, seed 1`. */
  begin(cell: string, estimate: number): void;
  /** What the cell that has begun takes in all, once that is known better. */
  estimate(seconds: number): void;
  /** The share of the cell that is done, in [0, 1], and what it is doing. */
  update(share: number, doing: string): void;
  /** The cell has ended; `outcome` is one line. */
  end(outcome: string): void;
  /** A line that stays, above the bar. */
  say(line: string): void;
  close(): void;
}

/** Work done and time left; the estimate's scale is corrected by the time that the work so far took. */
class Clock {
  #total: number;
  readonly #now: () => number;
  readonly #started: number;
  #ended = 0;
  #current = 0;
  #share = 0;
  #shown = 0;

  constructor(total: number, now: () => number) {
    this.#total = total;
    this.#now = now;
    this.#started = now();
  }

  begin(estimate: number): void {
    this.#current = estimate;
    this.#share = 0;
  }

  estimate(seconds: number): void {
    this.#total += seconds - this.#current;
    this.#current = seconds;
  }

  update(share: number): void {
    this.#share = Math.max(this.#share, Math.min(1, share));
  }

  end(): void {
    this.#ended += this.#current;
    this.#current = 0;
  }

  /** In [0, 1]; never goes back: an estimate that was too low shows as a bar that waits. */
  share(): number {
    this.#shown = Math.max(this.#shown, this.#done());
    return this.#shown;
  }

  #done(): number {
    const done = this.#ended + this.#current * this.#share;
    return this.#total <= 0 ? 1 : Math.min(1, done / this.#total);
  }

  /** "about 3 min left", once there is something to go by. */
  left(): string {
    const share = this.#done();
    const left = remainingSeconds((this.#now() - this.#started) / 1000, share, 1);
    return left === undefined || share < 0.01 ? 'estimating' : `about ${formatDuration(left)} left`;
  }
}

const now = (): number => performance.now();

const barFormat = ' {bar} {percentage}% | {place}/{cells} {cell} | {doing} | {left}';

/** Lines that stay above a bar at the bottom. (cli-progress's single bar would write over them when it stops.) */
function barProgress(cells: number, total: number, stream: NodeJS.WritableStream): Progress {
  const clock = new Clock(total, now);
  const bars = new MultiBar({
    format: barFormat,
    stream,
    barsize: 20,
    hideCursor: true,
    linewrap: false,
    clearOnComplete: true,
    gracefulExit: false, // the command itself answers Ctrl-C
  });
  let [place, cell] = [0, ''];
  const bar = bars.create(100, 0, { place, cells, cell, doing: 'starting', left: '' });
  const show = (doing: string): void => {
    bar.update(clock.share() * 100, { place, cells, cell, doing, left: clock.left() });
  };
  const say = (line: string): void => {
    bars.log(`${line}\n`);
    bars.update();
  };
  return {
    begin: (name, estimate) => {
      [place, cell] = [place + 1, name];
      clock.begin(estimate);
      show('starting');
    },
    estimate: (seconds) => {
      clock.estimate(seconds);
    },
    update: (share, doing) => {
      clock.update(share);
      show(doing);
    },
    end: (outcome) => {
      clock.end();
      show('');
      say(outcome);
    },
    say,
    close: () => {
      bars.stop();
    },
  };
}

/** Beyond this, a line even though the cell goes on. */
const silentSeconds = 60;

function lineProgress(cells: number, total: number, stream: ProgressStream): Progress {
  const clock = new Clock(total, now);
  let [place, cell, spoken] = [0, '', now()];
  const say = (line: string): void => {
    spoken = now();
    stream.write(`${line}\n`);
  };
  const head = (): string => `[${place}/${cells}, ${Math.floor(clock.share() * 100)} %, ${clock.left()}]`;
  return {
    begin: (name, estimate) => {
      [place, cell] = [place + 1, name];
      clock.begin(estimate);
    },
    estimate: (seconds) => {
      clock.estimate(seconds);
    },
    update: (share, doing) => {
      clock.update(share);
      if (now() - spoken > silentSeconds * 1000) say(`${head()} ${cell}: ${doing}`);
    },
    end: (outcome) => {
      clock.end();
      say(`${head()} ${outcome}`);
    },
    say,
    close: () => undefined,
  };
}

/**
 * Shows how far a run is: a bar with the time left on a terminal; elsewhere a line a cell, and one a minute.
 * @param cells how many cells will run
 * @param total their estimated seconds
 */
export function showProgress(cells: number, total: number, stream: ProgressStream): Progress {
  return stream.isTTY === true ? barProgress(cells, total, stream) : lineProgress(cells, total, stream);
}
