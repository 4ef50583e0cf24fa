/** Folder of this package's sources (or of its build). */
const ownFolder = decodeURIComponent(new URL('..', import.meta.url).pathname);

/** Frames to pass over; tfjs's look like tfjs-core/src/engine.ts where source maps are on. */
const inside = [ownFolder, '@tensorflow', 'tfjs-core/src', 'node:internal', '<anonymous>'];

function isForeign(frame: string): boolean {
  return !inside.some((folder) => frame.includes(folder));
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
