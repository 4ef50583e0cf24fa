import { fileURLToPath } from 'node:url';

/** Folder of this package's sources (or of its build). */
const ownFolder = fileURLToPath(new URL('..', import.meta.url));

function isForeign(frame: string): boolean {
  return !frame.includes(ownFolder) && !frame.includes('@tensorflow') && !frame.includes('node:internal');
}

/** Where the traced function was when this was called, "file:line:column" of its first frame outside tfjs and jit. */
export function callSite(): string {
  const frames = (new Error().stack ?? '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  const frame = frames.find((line) => line.startsWith('at ') && isForeign(line));
  return frame === undefined
    ? 'an unknown place'
    : frame.replace(/^at (?:.*\()?(.*?)\)?$/, '$1').replace('file://', '');
}
