import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemFault } from '@im-bert/core';
import { type Logger, pino } from 'pino';

/** A run's log: one JSON object a line, written before the call returns, so that a killed process loses none. */
export interface RunLog {
  readonly logger: Logger;
  close(): void;
}

/** What `act` does to the file at `path`, with a full disk and the like as mistakes that name it. */
function at<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw systemFault(error, path) ?? error;
  }
}

function writeWhole(file: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/**
 * Opens (and creates) a log file. (pino's own files report a full disk as an event, long after the call.)
 * @throws UserError, as do the logger's methods, if the disk is full or may not be written
 */
export function openLog(path: string): RunLog {
  const file = at(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a');
  });
  const stream = {
    write: (line: string): void => {
      at(path, () => {
        writeWhole(file, line);
      });
    },
  };
  const logger = pino({ base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stream);
  return {
    logger,
    close: () => {
      closeSync(file);
    },
  };
}
