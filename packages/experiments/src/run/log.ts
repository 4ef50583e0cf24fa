import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, type Logger, pino } from 'pino';

/** A run's log: one JSON object a line, written before the call returns, so that a killed process loses none. */
export interface RunLog {
  readonly logger: Logger;
  close(): void;
}

/** Opens (and creates) a log file. */
export function openLog(path: string): RunLog {
  mkdirSync(dirname(path), { recursive: true });
  const stream = destination({ dest: path, sync: true });
  const logger = pino({ base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stream);
  return {
    logger,
    close: () => {
      stream.end();
    },
  };
}
