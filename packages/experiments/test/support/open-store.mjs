/** Opens a run store, holds it for a moment and says how that went: `node open-store.mjs runs.duckdb`. */
import { setTimeout as sleep } from 'node:timers/promises';
import '../../../../tools/jest/typescript-hooks.mjs';

const { RunStore } = await import('../../src/store/run-store.ts');
try {
  const store = await RunStore.open(process.argv[2]);
  await sleep(500);
  store.close();
  console.log('opened');
} catch (error) {
  console.log(error.message);
}
