import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { startStepper } from './stepper.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What Nx gives to the commands that it runs. */
const nxEnvironment = parseEnv(readFileSync(new URL('../../.env', import.meta.url), 'utf8'));

/** This project on its own engine, or on tfjs's wasm backend with `settings.wasm`. */
export function startOurs(settings) {
  return startStepper(
    settings.wasm ? 'tfjs-wasm' : 'this project',
    process.execPath,
    [script('ours.mjs'), JSON.stringify(settings)],
    nxEnvironment,
  );
}

export function startProducts(settings) {
  return startStepper(
    'products',
    process.execPath,
    [script('products.mjs'), JSON.stringify(settings)],
    nxEnvironment,
  );
}

/** The process of a rival of rivals.mjs. */
export function startRival(python, settings, { name, wasm, compile = false, env = {} }) {
  if (wasm) return startOurs({ ...settings, wasm });
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
  const pairs = [];
  for (let turn = 0; turn < warmUps + repeats; turn++) pairs.push([await first.step(), await second.step()]);
  return pairs.slice(warmUps);
}
