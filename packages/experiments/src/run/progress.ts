import { formatDuration, remainingSeconds } from '@im-bert/core';
import { SingleBar } from 'cli-progress';

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): boolean;
}

/** A run's progress, in estimated seconds of work, so that dear cells count for more. */
export interface Progress {
  /** A cell begins: `IM-BERT, SST-2, seed 1`. */
  begin(cell: string, estimate: number): void;
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
  readonly #total: number;
  readonly #now: () => number;
  readonly #started: number;
  #ended = 0;
  #current = 0;
  #share = 0;

  constructor(total: number, now: () => number) {
    this.#total = total;
    this.#now = now;
    this.#started = now();
  }

  begin(estimate: number): void {
    this.#current = estimate;
    this.#share = 0;
  }

  update(share: number): void {
    this.#share = share;
  }

  end(): void {
    this.#ended += this.#current;
    this.#current = 0;
  }

  /** In [0, 1]. */
  share(): number {
    const done = this.#ended + this.#current * this.#share;
    return this.#total === 0 ? 1 : Math.min(1, done / this.#total);
  }

  /** "about 3 min left", once there is something to go by. */
  left(): string {
    const share = this.share();
    const left = remainingSeconds((this.#now() - this.#started) / 1000, share, 1);
    return left === undefined || share < 0.01 ? 'estimating' : `about ${formatDuration(left)} left`;
  }
}

const now = (): number => performance.now();

function barProgress(cells: number, total: number, stream: NodeJS.WriteStream): Progress {
  const clock = new Clock(total, now);
  const format = ' {bar} {percentage}% | {place}/{cells} {cell} | {doing} | {left}';
  const bar = new SingleBar({
    format,
    stream,
    hideCursor: true,
    barsize: 20,
    clearOnComplete: true,
    linewrap: false,
  });
  let place = 0;
  let cell = '';
  const show = (doing: string): void => {
    bar.update(clock.share() * 100, { place, cells, cell, doing, left: clock.left() });
  };
  const say = (line: string): void => {
    stream.write(`\r\u001B[K${line}\n`);
  };
  bar.start(100, 0, { place, cells, cell, doing: 'starting', left: '' });
  return {
    begin: (name, estimate) => {
      [place, cell] = [place + 1, name];
      clock.begin(estimate);
      show('starting');
    },
    update: (share, doing) => {
      clock.update(share);
      show(doing);
    },
    end: (outcome) => {
      clock.end();
      say(outcome);
      show('');
    },
    say,
    close: () => {
      bar.stop();
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
export function showProgress(
  cells: number,
  total: number,
  stream: NodeJS.WriteStream | ProgressStream,
): Progress {
  return isTerminal(stream) ? barProgress(cells, total, stream) : lineProgress(cells, total, stream);
}

function isTerminal(stream: NodeJS.WriteStream | ProgressStream): stream is NodeJS.WriteStream {
  return stream.isTTY === true && 'columns' in stream;
}
