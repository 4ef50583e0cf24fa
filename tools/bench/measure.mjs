import { fileURLToPath } from 'node:url';
import { startStepper } from './stepper.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** As the file .env at the root, which Nx gives to its commands. */
const keepFreedMemory = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TOP_PAD_: '67108864',
  MALLOC_TRIM_THRESHOLD_: '8589934592',
};

export function startOurs(settings) {
  return startStepper(
    'this project',
    process.execPath,
    [script('ours.mjs'), JSON.stringify(settings)],
    keepFreedMemory,
  );
}

export function startProducts(settings) {
  return startStepper(
    'products',
    process.execPath,
    [script('products.mjs'), JSON.stringify(settings)],
    keepFreedMemory,
  );
}

export function startPytorch(python, settings, { name, compile, env }) {
  return startStepper(
    name,
    python,
    [script('pytorch_step.py'), JSON.stringify({ ...settings, compile })],
    env,
  );
}

/**
 * Lets two processes take turns, so that whatever else the machine does hits both.
 * @returns the steps of each after the warm-up
 */
export async function takeTurns(first, second, { warmUps, repeats }) {
  const steps = [];
  for (let turn = 0; turn < warmUps + repeats; turn++) {
    const pair = [await first.step(), await second.step()];
    if (turn >= warmUps) steps.push(pair);
  }
  return steps;
}
